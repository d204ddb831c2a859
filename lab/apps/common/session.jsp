<%@ page language="java" contentType="application/json; charset=UTF-8" pageEncoding="UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%@ include file="WEB-INF/jspf/site.jspf" %>
<%
  // What the session knows and who answered, as one JSON object. ?peek=1 looks without making a session or counting;
  // ?user=x logs in; ?logout=1 ends the session; ?bad=1 tries to store what no other node could read.
  response.setHeader("Cache-Control", "no-store");
  boolean peek = request.getParameter("peek") != null;
  HttpSession held = request.getSession(!peek);
  boolean isNew = held != null && held.isNew();
  Boolean enforced = null;

  if (held != null && request.getParameter("logout") != null) {
    held.invalidate();
    held = null;
  } else if (held != null && !peek) {
    count(held);
    if (request.getParameter("user") != null) held.setAttribute("user", request.getParameter("user"));
    if (request.getParameter("bad") != null) enforced = refusesUnserializable(held);
  }

  out.print("{\"app\":" + json(app(application)));
  out.print(",\"node\":" + json(node()));
  out.print(",\"session\":" + json(held == null ? null : plainId(held.getId())));
  out.print(",\"route\":" + json(held == null ? null : route(held.getId())));
  out.print(",\"count\":" + (held == null ? 0 : counted(held)));
  out.print(",\"user\":" + json(held == null ? null : (String) held.getAttribute("user")));
  out.print(",\"new\":" + isNew);
  out.print(",\"serializableEnforced\":" + enforced);
  out.print("}\n");
%>
