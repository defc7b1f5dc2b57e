package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.sandbox.CallList.Filter;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of one "List calls" request, checked as a Laravel application checks them. */
final class CallQuery {

  private static final int DEFAULT_PER_PAGE = 15;
  private static final int MAX_PER_PAGE = 100;
  private static final Set<String> STATUSES =
      Set.of(
          "initiated",
          "ringing",
          "busy",
          "in-progress",
          "ended",
          "completed",
          "ended_by_customer",
          "ended_by_assistant",
          "no-answer",
          "failed");
  private static final Set<String> TYPES = Set.of("inbound", "outbound", "web");

  private final Map<String, String> parameters;
  private final Map<String, List<String>> errors = new LinkedHashMap<>();
  private final Filter filter;
  private final int perPage;
  private final int page;

  CallQuery(Map<String, String> parameters) {
    this.parameters = parameters;
    filter =
        new Filter(
            oneOf("status", STATUSES),
            oneOf("type", TYPES),
            text("phone_number"),
            integer("assistant_id"),
            integer("campaign_id"),
            date("date_from"),
            date("date_to"));
    perPage = perPageWanted();
    page = pageWanted();
  }

  Filter filter() {
    return filter;
  }

  int perPage() {
    return perPage;
  }

  int page() {
    return page;
  }

  boolean isValid() {
    return errors.isEmpty();
  }

  /** Returns the body of a 422: the first message, and all of them by field. */
  ObjectNode errors() {
    List<String> messages = errors.values().stream().flatMap(List::stream).toList();
    int more = messages.size() - 1;
    String suffix = more == 0 ? "" : " (and " + more + " more error" + (more == 1 ? ")" : "s)");
    ObjectNode body = Json.object().put("message", messages.get(0) + suffix);
    body.set("errors", Json.node(errors));
    return body;
  }

  private int perPageWanted() {
    Long wanted = integer("per_page");
    if (wanted == null) {
      return DEFAULT_PER_PAGE;
    }
    if (wanted < 1) {
      refuse("per_page", "The per page field must be at least 1.");
    } else if (wanted > MAX_PER_PAGE) {
      refuse("per_page", "The per page field must not be greater than " + MAX_PER_PAGE + ".");
    }
    return (int) Math.max(1, Math.min(MAX_PER_PAGE, wanted));
  }

  /** An invalid page is silently page 1, as in Laravel. */
  private int pageWanted() {
    try {
      return Math.max(1, Integer.parseInt(parameters.getOrDefault("page", "1")));
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  private String oneOf(String name, Set<String> known) {
    String value = text(name);
    if (value != null && !known.contains(value)) {
      refuse(name, "The selected " + name + " is invalid.");
    }
    return value;
  }

  private Long integer(String name) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    try {
      return Long.valueOf(value);
    } catch (NumberFormatException e) {
      refuse(name, "The " + words(name) + " field must be an integer.");
      return null;
    }
  }

  private LocalDate date(String name) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    try {
      return LocalDate.parse(value);
    } catch (DateTimeException e) {
      refuse(name, "The " + words(name) + " field must match the format Y-m-d.");
      return null;
    }
  }

  /** Laravel turns empty parameters into absent ones. */
  private String text(String name) {
    String value = parameters.get(name);
    return value == null || value.isBlank() ? null : value.trim();
  }

  private void refuse(String name, String message) {
    errors.computeIfAbsent(name, unused -> new ArrayList<>()).add(message);
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }
}
