package io.leadroutes.conventions;

import io.leadroutes.settings.Key;
import io.leadroutes.settings.Key.Kind;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Keys.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The table of keys as {@code application.properties} and as {@code docs/settings.md}. */
final class SettingsText {

  private static final int WIDE = 118;
  private static final int LONG_DEFAULT = 100;

  private static final String HEAD_OF_PROPERTIES =
      """
      # Lead Routes: every setting with its default.
      #
      # Copy this file beside the place you start from and keep the lines you change: what stands in
      # ./application.properties wins over the defaults in the jar, key by key. An environment variable
      # (SLACK_TOKEN for slack.token) or -Dslack.token=… wins over both. Put no secret into the file of a
      # checkout: that one is packed into the jar. Durations: 500ms, 30s, 15m, 2h, 2d.
      """;

  private static final String HEAD_OF_PAGE =
      """
      # Settings

      For operators: every key, its default, and where a value may stand. This page is written from the
      table of keys in `Keys.java`.

      A value is taken from the first of these that has one:

      1. `-Dslack.token=…` on the command line of Java
      2. the environment variable `SLACK_TOKEN` (capital letters, `_` for `.` and `-`)
      3. `application.properties` in the folder the program is started from
      4. the defaults in the jar

      A wrong value or an unknown key stops the start with one sentence that names the key, its place and
      the remedy. Secrets belong in the environment.

      **Own** marks the keys of which an account may have its own value, written with the account in front:
      `clickspeak.account.acme.slack.channel=C0123456789`, or in the environment
      `CLICKSPEAK_ACCOUNT_ACME_SLACK_CHANNEL`.

      A **duration** is written `500ms`, `30s`, `15m`, `2h` or `2d`; a **list** has commas between its
      entries. `camel.*` keys are Camel's own and are passed on. Keys whose first word is not in these
      tables are yours, for `{{…}}` in your route files; so are those of the [jars](jars.md) in `lib/`.
      """;

  /** Where more is told about a key. */
  private static final Map<Key, String> PAGES =
      Map.of(
          Keys.CLICKSPEAK_ACCOUNTS, "[several accounts](accounts.md)",
          Keys.LEAD_FILTERS, "[filters](rules.md#filters)",
          Keys.SALESFORCE_LOG_CALL, "[Tasks](sinks/salesforce.md#calls-as-tasks)",
          Keys.SALESFORCE_LEAD, "[the mapping](sinks/salesforce.md#the-mapping)",
          Keys.WEBHOOK_SECRET, "[the webhook](setup.md#clickspeak)");

  private SettingsText() {}

  static String properties() {
    StringBuilder text = new StringBuilder(HEAD_OF_PROPERTIES);
    for (Section section : Keys.SECTIONS) {
      text.append(heading(section.title()));
      section.keys().forEach(key -> text.append(comment(key)).append(lines(key)));
    }
    return text.append(heading("Camel"))
        .append("# Camel's own keys work here too.\ncamel.main.name=lead-routes\n")
        .toString();
  }

  private static String heading(String title) {
    String line = "# --- " + title + " ";
    return "\n" + line + "-".repeat(Math.max(3, 100 - line.length())) + "\n\n";
  }

  private static String comment(Key key) {
    String says = key.kind() == Kind.FIELDS ? name(key) + ": " + key.says() : key.says();
    String range = key.kind() == Kind.NUMBER ? " " + key.least() + " to " + key.most() + "." : "";
    StringBuilder text = new StringBuilder();
    StringBuilder line = new StringBuilder("#");
    for (String word : (says + range + " " + key.more()).strip().split(" ")) {
      if (line.length() + 1 + word.length() > WIDE) {
        text.append(line).append('\n');
        line.setLength(1);
      }
      line.append(' ').append(word);
    }
    return text.append(line).append('\n').toString();
  }

  private static String lines(Key key) {
    if (key.kind() == Kind.FIELDS) {
      return key.value()
          .lines()
          .map(line -> key.name() + line + "\n")
          .collect(Collectors.joining());
    }
    return key.name() + "=" + String.join(" \\\n  ", key.value().lines().toList()) + "\n";
  }

  static String page() {
    StringBuilder text = new StringBuilder(HEAD_OF_PAGE);
    for (Section section : Keys.SECTIONS) {
      text.append("\n## ").append(section.title().replaceFirst(":.*", "")).append("\n\n");
      text.append("| Key | Value | Default | Own | What it is |\n|---|---|---|---|---|\n");
      section.keys().forEach(key -> text.append(row(key)));
      section.keys().stream()
          .filter(key -> !key.more().isEmpty() || PAGES.containsKey(key))
          .forEach(key -> text.append(note(key)));
    }
    return text.append(
            """

            ## Camel

            Camel's own keys work too, as `camel.main.name` or `camel.component.kafka.compression-codec`.
            Keys of your own, for placeholders in your routes, may have any other first word.
            """)
        .toString();
  }

  private static String name(Key key) {
    return key.kind() == Kind.FIELDS ? key.name() + "<Field>" : key.name();
  }

  private static String row(Key key) {
    List<String> cells =
        List.of(
            "`" + name(key) + "`",
            kind(key) + (key.secret() ? ", secret" : ""),
            value(key),
            key.perAccount() ? "own" : "",
            plain(key.says()));
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String kind(Key key) {
    return key.kind() == Kind.NUMBER ? key.least() + " to " + key.most() : key.kind().word();
  }

  private static String value(Key key) {
    if (key.value().isEmpty()) {
      return "none";
    }
    if (key.kind() == Kind.FIELDS) {
      List<String> fields = new ArrayList<>();
      key.value().lines().forEach(line -> fields.add("`" + line.replaceFirst("=.*", "") + "`"));
      return String.join(", ", fields);
    }
    return key.value().length() > LONG_DEFAULT
        ? key.value().split(",").length + " entries"
        : "`" + key.value() + "`";
  }

  private static String note(Key key) {
    String see = PAGES.containsKey(key) ? " See " + PAGES.get(key) + "." : "";
    return "\n`" + name(key) + "`: " + (plain(key.more()) + see).strip() + "\n";
  }

  /** As Markdown shows it. */
  private static String plain(String sentence) {
    return sentence.replace("<", "\\<").replace("*", "\\*").replace("_", "\\_");
  }
}
