<%@ page language="java" contentType="application/json; charset=UTF-8" pageEncoding="UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%@ include file="WEB-INF/jspf/site.jspf" %>
<%
  // A row of the database as JSON; 503 with the reason where the database is away.
  response.setHeader("Cache-Control", "no-store");
  Properties settings = settings(application);
  String row = null;
  String error = null;
  try {
    row = row(settings);
  } catch (Exception failed) {
    error = String.valueOf(failed.getMessage());
    response.setStatus(503);
  }
  out.print("{\"app\":" + json(app(application)));
  out.print(",\"url\":" + json(settings.getProperty("spring.datasource.url")));
  out.print(",\"row\":" + json(row));
  out.print(",\"error\":" + json(error));
  out.print("}\n");
%>
