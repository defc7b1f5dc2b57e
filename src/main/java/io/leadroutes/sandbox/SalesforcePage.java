package io.leadroutes.sandbox;

import io.leadroutes.sandbox.SalesforceOrg.LeadRecord;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The Leads of the org as a table, newest first. */
final class SalesforcePage {

  private static final int SHOWN = 200;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private SalesforcePage() {}

  static String of(Collection<LeadRecord> records, long updates) {
    List<LeadRecord> newest = new ArrayList<>(records);
    Collections.reverse(newest);
    StringBuilder html = new StringBuilder("<div class=\"numbers\">\n");
    html.append(Html.number(records.size(), "leads"));
    html.append(Html.number(updates, "updates"));
    html.append("</div>\n<div class=\"paper\">\n");
    if (newest.isEmpty()) {
      html.append("<p class=\"none\">No lead has arrived yet.</p>\n");
    } else {
      html.append("<table><thead><tr>");
      for (String column :
          List.of("Arrived (UTC)", "Name", "Company", "Phone", "Email", "About", "External id")) {
        html.append("<th>").append(column).append("</th>");
      }
      html.append("</tr></thead><tbody>\n");
      newest.stream().limit(SHOWN).forEach(record -> row(html, record));
      html.append("</tbody></table>\n");
    }
    html.append("</div>\n");
    return Html.page(
        "Salesforce sandbox",
        "Leads as they arrived, newest first. Nothing here leaves this machine.",
        "#0b5cab",
        "leads.css",
        html.toString());
  }

  private static void row(StringBuilder html, LeadRecord record) {
    html.append("<tr data-id=\"").append(Html.escape(record.id())).append("\">");
    cell(html, "plain", TIME.format(record.createdAt()));
    cell(html, "", (value(record, "FirstName") + " " + value(record, "LastName")).trim());
    cell(html, "", value(record, "Company"));
    cell(html, "plain", value(record, "Phone"));
    cell(html, "wraps", value(record, "Email"));
    cell(html, "about", value(record, "Description"));
    html.append("<td class=\"plain\"><code>")
        .append(Html.escape(record.externalId()))
        .append("</code></td>");
    html.append("</tr>\n");
  }

  private static void cell(StringBuilder html, String style, String text) {
    String shown = text.length() > 240 ? text.substring(0, 240) + "…" : text;
    html.append("<td class=\"").append(style).append("\">");
    html.append(Html.escape(shown)).append("</td>");
  }

  private static String value(LeadRecord record, String field) {
    Object value = record.fields().get(field);
    return value == null ? "" : value.toString();
  }
}
