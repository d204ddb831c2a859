<%@ page language="java" contentType="text/html; charset=UTF-8" pageEncoding="UTF-8" session="true" trimDirectiveWhitespaces="true" %>
<%@ include file="WEB-INF/jspf/site.jspf" %>
<%
  response.setHeader("Cache-Control", "no-store");
  count(session);
  Properties settings = settings(application);
  String row = null;
  String error = null;
  try {
    row = row(settings);
  } catch (Exception failed) {
    error = String.valueOf(failed.getMessage());
  }
%>
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>mago3d <%= html(app(application)) %></title>
  <link rel="stylesheet" href="/css/site.css">
  <script src="/js/site.js" defer></script>
</head>
<body>
  <img src="/images/logo.png" alt="" width="48" height="48">
  <h1>mago3d <%= html(app(application)) %></h1>
  <table>
    <tr><th>application</th><td><%= html(app(application)) %></td></tr>
    <tr><th>node</th><td><%= html(node()) %></td></tr>
    <tr><th>session</th><td><%= html(plainId(session.getId())) %></td></tr>
    <tr><th>route</th><td><%= html(route(session.getId())) %></td></tr>
    <tr><th>requests</th><td><%= counted(session) %></td></tr>
    <tr><th>user</th><td><%= html((String) session.getAttribute("user")) %></td></tr>
    <tr><th>database</th><td><%= error == null ? html(row) : html("away: " + error) %></td></tr>
  </table>
  <p id="script">The script of this site has not run.</p>
</body>
</html>
