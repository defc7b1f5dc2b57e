package io.leadroutes.settings;

import static io.leadroutes.settings.Key.Kind.DECIMAL;
import static io.leadroutes.settings.Key.Kind.DURATION;
import static io.leadroutes.settings.Key.Kind.DURATIONS;
import static io.leadroutes.settings.Key.Kind.FIELDS;
import static io.leadroutes.settings.Key.Kind.FLAG;
import static io.leadroutes.settings.Key.Kind.LIST;
import static io.leadroutes.settings.Key.Kind.RATE;
import static io.leadroutes.settings.Key.Kind.TEXT;
import static io.leadroutes.settings.Key.Kind.URL;
import static io.leadroutes.settings.Key.Kind.ZONE;
import static io.leadroutes.settings.Key.of;

import java.util.List;

/**
 * The table of keys. {@code application.properties} and {@code docs/settings.md} are written from
 * it (a test compares them and says how), and the sentences that refuse a value.
 */
public final class Keys {

  private static final String APP =
      "create an external client app with the client credentials flow, and copy its ";

  public static final Key CLICKSPEAK_BASE_URL =
      of(
              URL,
              "clickspeak.base-url",
              "https://app.clickspeak.ai/api",
              "Base URL of the API; any white label of the platform.")
          .own()
          .remedy("write the platform's API address, https://app.clickspeak.ai/api");

  public static final Key CLICKSPEAK_TOKEN =
      of(TEXT, "clickspeak.token", "", "API token of the login whose calls are read.")
          .own()
          .asSecret()
          .remedy("create an API token in ClickSpeak and set it here or in the environment");

  public static final Key CLICKSPEAK_TIME_ZONE =
      of(
              ZONE,
              "clickspeak.time-zone",
              "UTC",
              "Time zone of timestamps that carry none, such as 2025-08-04 14:30:00, and of"
                  + " poll.start.")
          .own();

  public static final Key CLICKSPEAK_PER_PAGE =
      Key.number("clickspeak.per-page", 100, 1, 100, "Calls per page.").own();

  public static final Key CLICKSPEAK_TIMEOUT =
      of(
              DURATION,
              "clickspeak.timeout",
              "20s",
              "How long one request for a page may take, to the last byte of its answer.")
          .own();

  public static final Key CLICKSPEAK_REQUESTS_PER_MINUTE =
      Key.number(
              "clickspeak.requests-per-minute",
              60,
              1,
              1000000,
              "The request budget of an account: never more requests than this in any minute.")
          .own();

  public static final Key CLICKSPEAK_REQUESTS_PER_10_SECONDS =
      Key.number(
              "clickspeak.requests-per-10-seconds",
              20,
              1,
              1000000,
              "Never more requests than this in any ten seconds, for each account.")
          .own();

  public static final Key CLICKSPEAK_ACCOUNTS =
      of(LIST, "clickspeak.accounts", "default", "Names of the accounts, made of a-z and 0-9.")
          .more(
              "clickspeak.account.<name>.<key> overrides a key for one of them:"
                  + " clickspeak.account.acme.slack.channel=C0123456789");

  public static final Key POLL_PERIOD =
      of(
          DURATION,
          "poll.period",
          "1m",
          "How often the newest calls of an account are read, from start to start.");

  public static final Key POLL_FULL_PERIOD =
      of(DURATION, "poll.full-period", "15m", "How often every page of the look-back is read.")
          .more("A list that is not newest first is read whole each poll.period.");

  public static final Key POLL_START =
      of(
              TEXT,
              "poll.start",
              "today",
              "Where an account's first start begins: today, all, or a date such as"
                  + " 2026-01-31.")
          .more(
              "Today begins at midnight in clickspeak.time-zone. Older calls are remembered and"
                  + " never delivered.");

  public static final Key POLL_LOOK_BACK =
      of(
              DURATION,
              "poll.look-back",
              "2d",
              "How far before the last full pass each pass looks, so that late evaluations are"
                  + " seen.")
          .more("A corrected rule is applied so far back.");

  public static final Key POLL_WIDE_LOOK_BACK =
      of(
          DURATION,
          "poll.wide-look-back",
          "30d",
          "How far back the daily pass looks, for evaluations that come much later.");

  public static final Key LEAD_FILTERS =
      of(
              LIST,
              "lead.filters",
              "ended, evaluated, outcome",
              "The conditions a call must meet, in this order.")
          .own()
          .more(
              "Shipped: ended, evaluated, outcome, answered-by-human, not-web, min-duration,"
                  + " min-score, campaign, assistant.")
          .remedy("name at least one filter, as ended");

  public static final Key LEAD_OUTCOME_VARIABLES =
      of(
              LIST,
              "lead.outcome.variables",
              "outcome",
              "Filter outcome: the evaluation variables that decide; case and surrounding space do"
                  + " not matter.")
          .own()
          .remedy("name the variables that decide, as outcome");

  public static final Key LEAD_OUTCOME_VALUES =
      of(
              LIST,
              "lead.outcome.values",
              "qualified_lead",
              "Filter outcome: their values that mean \"qualified\"; a boolean is written true or"
                  + " false.")
          .own()
          .remedy("name the values that mean qualified, as qualified_lead");

  public static final Key LEAD_MIN_DURATION =
      of(
              DURATION,
              "lead.min-duration",
              "30s",
              "Filter min-duration: how long a call must have lasted; one without duration did"
                  + " not.")
          .own();

  public static final Key LEAD_MIN_SCORE =
      of(
              DECIMAL,
              "lead.min-score",
              "7",
              "Filter min-score: the lowest score, a number such as 7 or -0.5; a call without one"
                  + " is no lead.")
          .own();

  public static final Key LEAD_SCORE_VARIABLES =
      of(
              LIST,
              "lead.score.variables",
              "score",
              "Filter min-score: evaluation variables that hold the score; the first with a number"
                  + " counts.")
          .own()
          .remedy(
              "name the evaluation variables that hold the score, or take min-score out of"
                  + " lead.filters");

  public static final Key LEAD_CAMPAIGNS =
      of(
              LIST,
              "lead.campaigns",
              "",
              "Filter campaign: names of the campaigns; case and surrounding space do not matter.")
          .own()
          .remedy(
              "name the campaigns whose calls may be leads, or take campaign out of lead.filters");

  public static final Key LEAD_ASSISTANTS =
      of(
              LIST,
              "lead.assistants",
              "",
              "Filter assistant: names of the assistants; case and surrounding space do not"
                  + " matter.")
          .own()
          .remedy(
              "name the assistants whose calls may be leads, or take assistant out of"
                  + " lead.filters");

  public static final Key LEAD_SETTLE =
      of(
              DURATION,
              "lead.settle",
              "15m",
              "How long a finished call may stay without evaluation before nobody waits for it.")
          .own()
          .more("One that comes later still counts.");

  public static final Key LEAD_CONTACT_NAME =
      of(
              LIST,
              "lead.contact.name",
              "name, customer_name, full_name, contact_name, client_name",
              "Variables or evaluation variables that hold the full name; the first with a value"
                  + " wins.")
          .own()
          .more(
              "Of a variable's name only letters and digits count: First Name, first-name,"
                  + " firstName and first_name are one.");

  public static final Key LEAD_CONTACT_FIRST_NAME =
      of(
              LIST,
              "lead.contact.first-name",
              "first_name, firstname, customer_first_name",
              "The same for the first name; without one it is taken from the name.")
          .own();

  public static final Key LEAD_CONTACT_LAST_NAME =
      of(
              LIST,
              "lead.contact.last-name",
              "last_name, lastname, surname, customer_last_name",
              "The same for the last name; without one it is taken from the name.")
          .own();

  public static final Key LEAD_CONTACT_EMAIL =
      of(
              LIST,
              "lead.contact.email",
              "email, customer_email, email_address, contact_email",
              "The same for the e-mail address.")
          .own();

  public static final Key LEAD_CONTACT_COMPANY =
      of(
              LIST,
              "lead.contact.company",
              "company, company_name, customer_company, organization, organisation",
              "The same for the company.")
          .own();

  public static final Key LEAD_CONTACT_PHONE =
      of(
              LIST,
              "lead.contact.phone",
              "phone, phone_number, customer_phone, callback_number",
              "The same for the phone; without one it is the client's number of the call.")
          .own();

  public static final Key LEAD_CONTACT_NO_VALUES =
      of(
              LIST,
              "lead.contact.no-values",
              """
              n/a, n.a., na, none, none given, none provided, null, nil, nan, undefined, unknown, unnamed,
              unknown caller, unknown name, unknown company, caller, wireless caller, no name, no company, no email, no phone,
              no phone number, no number, no value, no data, no answer, no response, no, not provided*, not given*, not specified*,
              not stated*, not mentioned*, not disclosed*, not shared*, not available*, not applicable*, not known, not set,
              not found, did not say, did not provide*, unspecified, undisclosed, unavailable, unassigned, not assigned, withheld,
              number withheld, anonymous, private, private number, private caller, restricted, blocked, redacted, declined,
              declined to say, declined to answer, refused, empty, blank, missing, tbd, tba, to be determined, same, same number,
              the same number, same number*, same as above, same as caller*, this number, this one,
              k.a., keine, keiner, kein, keine angabe, keine angaben, kein name, keine firma, keine e-mail, keine nummer,
              nicht angegeben, nicht genannt, nicht bekannt, nicht vorhanden, nicht verfügbar, nicht zutreffend, ohne angabe,
              unbekannt, unbekannter anrufer, anonym, entfällt, leer, privat, unterdrückt, nummer unterdrückt, gleiche nummer,
              dieselbe nummer, die gleiche nummer, diese nummer,
              inconnu, inconnue, non renseigné, non renseignée, non communiqué, non communiquée, non précisé, non précisée,
              non fourni, non fournie, non spécifié, non spécifiée, non indiqué, non indiquée, non disponible, non applicable,
              sans objet, s/o, n/c, n/d, n.c., n.d., aucun, aucune, rien, vide, anonyme, numéro masqué, masqué, pas de réponse,
              pas d'email, pas de nom, même numéro, le même numéro, ce numéro,
              desconocido, desconocida, no proporcionado, no proporcionada, no especificado, no especificada, no indicado,
              no indicada, no informado, no informada, no facilitado, no facilitada, no disponible, no aplica, no consta, ninguno,
              ninguna, sin nombre, sin empresa, sin correo, sin datos, sin especificar, sin respuesta, s/d, s/n, anónimo, anónima,
              vacío, número oculto, número privado, mismo número, el mismo número, este número,
              desconhecido, desconhecida, não informado, não informada, não fornecido, não fornecida, não especificado,
              não especificada, não disponível, não aplicável, não consta, nenhum, nenhuma, sem nome, sem empresa, anônimo,
              anônima, vazio, mesmo número, o mesmo número, este número,
              sconosciuto, sconosciuta, non fornito, non fornita, non specificato, non specificata, non disponibile,
              non applicabile, non indicato, non indicata, non noto, non nota, nessuno, nessuna, senza nome, anonimo, anonima,
              vuoto, stesso numero, lo stesso numero, questo numero,
              onbekend, niet opgegeven, niet bekend, niet vermeld, niet beschikbaar, niet van toepassing, n.v.t., nvt, geen,
              geen naam, geen bedrijf, anoniem, leeg, afgeschermd, hetzelfde nummer, zelfde nummer, dit nummer,
              nieznany, nieznana, nieznane, nie podano, nie podał, nie podała, nie dotyczy, nie określono, niedostępny,
              niedostępne, brak, brak danych, brak nazwy, anonimowy, zastrzeżony, ten sam numer,
              bilinmiyor, bilinmeyen, belirtilmemiş, belirtilmedi, verilmedi, mevcut değil, yok, boş, anonim, gizli numara,
              aynı numara, aynı\
              """,
              "Texts that stand where a contact detail is missing, in nine languages: the next"
                  + " source counts.")
          .own()
          .more(
              "Case, accents, brackets and hyphens do not matter; a whole text counts, and with *"
                  + " at the end all texts that begin so. Placeholders such as {{name}} never"
                  + " count.");

  public static final Key LEAD_SINKS =
      of(
              LIST,
              "lead.sinks",
              "salesforce, slack, file",
              "The places leads go: each is a route that starts with leads:<sink>.")
          .own()
          .remedy("name at least one sink");

  public static final Key LEDGER_URL =
      of(
              TEXT,
              "ledger.url",
              "jdbc:sqlite:data/ledger.db",
              "An SQLite file, or jdbc:postgresql://host/database.")
          .remedy("write jdbc:sqlite:data/ledger.db, or a PostgreSQL URL");

  public static final Key LEDGER_USER = of(TEXT, "ledger.user", "", "User of a PostgreSQL ledger.");

  public static final Key LEDGER_PASSWORD =
      of(TEXT, "ledger.password", "", "Password of a PostgreSQL ledger.").asSecret();

  public static final Key LEDGER_LEASE =
      of(
          DURATION,
          "ledger.lease",
          "2m",
          "How long a claimed delivery or an account belongs to a process that may have died.");

  public static final Key LEDGER_RETENTION =
      of(
          DURATION,
          "ledger.retention",
          "90d",
          "Data of calls older than this is removed, once a day; what was delivered stays known.");

  public static final Key SINK_TIMEOUT =
      of(
              DURATION,
              "sink.timeout",
              "20s",
              "How long one request to a sink may take, to the last byte of its answer, also in"
                  + " your routes.")
          .more(
              "Kafka has as long to confirm a record. Six of them must fit into ledger.lease, eight"
                  + " with salesforce.log-call.");

  public static final Key SINK_PROBE =
      of(
          DURATION,
          "sink.probe",
          "5m",
          "When a paused sink or account is first tried again; doubles up to an hour.");

  public static final Key RETRY_SCHEDULE =
      of(
          DURATIONS,
          "retry.schedule",
          "5s, 30s, 5m, 30m, 2h, 5h, 10h, 10h",
          "Waits before a lead that failed by itself is tried again; after the last it is a dead"
              + " letter.");

  public static final Key SALESFORCE_LOGIN_URL =
      of(
              URL,
              "salesforce.login-url",
              "",
              "The org's own My Domain, https://<company>.my.salesforce.com.")
          .own()
          .remedy("write the org's own My Domain, https://<company>.my.salesforce.com");

  public static final Key SALESFORCE_CLIENT_ID =
      of(
              TEXT,
              "salesforce.client-id",
              "",
              "Consumer key of the external client app (client credentials flow).")
          .own()
          .remedy(APP + "consumer key");

  public static final Key SALESFORCE_CLIENT_SECRET =
      of(TEXT, "salesforce.client-secret", "", "Consumer secret of the external client app.")
          .own()
          .asSecret()
          .remedy(APP + "consumer secret");

  public static final Key SALESFORCE_API_VERSION =
      of(TEXT, "salesforce.api-version", "68.0", "Version of the REST API.").own();

  public static final Key SALESFORCE_EXTERNAL_ID_FIELD =
      of(
              TEXT,
              "salesforce.external-id-field",
              "ClickSpeak_Call_Id__c",
              "Text field of Lead, external id and unique, that keeps one record per call.")
          .own()
          .remedy("name the external id field of Lead for the call");

  public static final Key SALESFORCE_ALLOW_DUPLICATES =
      of(
              FLAG,
              "salesforce.allow-duplicates",
              "true",
              "Lets a duplicate rule that only alerts pass, so that a repeat caller is not"
                  + " refused.")
          .own();

  public static final Key SALESFORCE_ASSIGNMENT_RULE =
      of(
              TEXT,
              "salesforce.assignment-rule",
              "default",
              "Which lead assignment rule gives a new lead its owner: default, none, or a rule's"
                  + " id, 01Q….")
          .own()
          .more(
              "Default is the org's active one. A lead that changes keeps its owner, whatever"
                  + " stands here.");

  public static final Key SALESFORCE_LOG_CALL =
      of(FLAG, "salesforce.log-call", "false", "Logs each call as a completed Task on its Lead.")
          .own();

  public static final Key SALESFORCE_TASK_EXTERNAL_ID_FIELD =
      of(
              TEXT,
              "salesforce.task-external-id-field",
              "",
              "Text field of Task, external id and unique, that keeps one Task per call.")
          .own()
          .more("Without it a call is logged at least once.");

  public static final Key SALESFORCE_LEAD =
      of(
              FIELDS,
              "salesforce.lead.",
              """
              FirstName=${body.firstName}
              LastName=${body.lastName}
              Company=${body.company}
              Phone=${body.phone}
              Email=${body.email}
              LeadSource=AI Call
              Description=${body.summary}\
              """,
              "One line per field of Lead: a text, or a Simple expression over the lead; empty:"
                  + " left out.")
          .own()
          .more(
              "An empty value is left out. An account's own line,"
                  + " clickspeak.account.<name>.salesforce.lead.<Field>, adds or replaces that"
                  + " field; empty, it takes the field out.");

  public static final Key SLACK_API_URL =
      of(
              URL,
              "slack.api-url",
              "https://slack.com/api",
              "Address of Slack's API; the same for all accounts.")
          .remedy("write https://slack.com/api");

  public static final Key SLACK_TOKEN =
      of(
              TEXT,
              "slack.token",
              "",
              "Bot token, xoxb-…, with chat:write and channels:history (groups:history: a private"
                  + " channel).")
          .own()
          .asSecret()
          .remedy(
              "create a Slack app with chat:write and channels:history, install it, and copy its"
                  + " bot token");

  public static final Key SLACK_CHANNEL =
      of(TEXT, "slack.channel", "", "Id of the channel, C0123456789; invite the app to it.")
          .own()
          .more("Or a Simple expression over the lead that ends in one: docs/sinks/slack.md.")
          .remedy("copy the channel's id, C0123456789, from its details");

  public static final Key SLACK_PER_SECOND =
      of(
              RATE,
              "slack.per-second",
              "1",
              "Messages per second in a channel, with a burst of 5; 0 sets no pace.")
          .own()
          .more("Where accounts share a channel, the slower one's counts.");

  public static final Key SLACK_LOOK_AGAIN =
      of(
              DURATION,
              "slack.look-again",
              "2m",
              "How long after an unknown outcome \"the message is not there\" may be believed.")
          .own();

  public static final Key FILE_DIRECTORY =
      of(
              TEXT,
              "file.directory",
              "data/leads",
              "<directory>/<account>/leads-YYYY-MM-DD.jsonl, by day of delivery, UTC.")
          .own()
          .remedy("name a directory such as data/leads");

  public static final Key KAFKA_BROKERS =
      of(
              LIST,
              "kafka.brokers",
              "",
              "Bootstrap brokers, host:port; needed with kafka in lead.sinks.")
          .remedy("write one or more brokers as host:port, separated by commas");

  public static final Key KAFKA_TOPIC =
      of(
              TEXT,
              "kafka.topic",
              "",
              "Name of the topic, which must exist; needed with kafka in lead.sinks.")
          .remedy("name the topic that leads go to");

  public static final Key KAFKA_SECURITY_PROTOCOL =
      of(
              TEXT,
              "kafka.security-protocol",
              "PLAINTEXT",
              "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
          .more(
              "What else a cluster asks for (a truststore, compression) is a key of Camel's:"
                  + " camel.component.kafka.ssl-truststore-location,"
                  + " camel.component.kafka.compression-codec.")
          .remedy("write SASL_SSL or another");

  public static final Key KAFKA_SASL_MECHANISM =
      of(
              TEXT,
              "kafka.sasl-mechanism",
              "",
              "How to log in with SASL: SCRAM-SHA-512, PLAIN or another.")
          .remedy("write SCRAM-SHA-512, PLAIN or another");

  public static final Key KAFKA_SASL_JAAS_CONFIG =
      of(TEXT, "kafka.sasl-jaas-config", "", "The login module of SASL with its user and password.")
          .asSecret()
          .more(
              "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"…\""
                  + " password=\"…\";")
          .remedy(
              "write the login module with its user and password, as the client's"
                  + " sasl.jaas.config");

  public static final Key WEBHOOK_SECRET =
      of(
              TEXT,
              "webhook.secret",
              "",
              "When set, POST /hooks/calls/<secret> on console.port brings the next look at the"
                  + " list at once.")
          .asSecret()
          .more(
              "The platform's post-call webhook is a hint: nothing in its body is believed. 16"
                  + " characters or more of A-Z, a-z, 0-9, - and _, as \"openssl rand -hex 32\""
                  + " makes them.");

  public static final Key CONSOLE_HOST =
      of(TEXT, "console.host", "127.0.0.1", "Where health and the webhook are served.")
          .more(
              "/observe/health/live, /observe/health/ready and /hooks/calls/<secret>. Health has no"
                  + " password: open it to trusted networks only.")
          .remedy("write 127.0.0.1");

  public static final Key CONSOLE_PORT =
      Key.number("console.port", 8080, 1, 65535, "The port of it.");

  /** The keys of a part of the program, in the order in which a reader wants them. */
  public record Section(String title, List<Key> keys) {

    Section(String title, Key... keys) {
      this(title, List.of(keys));
    }
  }

  public static final List<Section> SECTIONS =
      List.of(
          new Section(
              "ClickSpeak: where calls come from",
              CLICKSPEAK_BASE_URL,
              CLICKSPEAK_TOKEN,
              CLICKSPEAK_TIME_ZONE,
              CLICKSPEAK_PER_PAGE,
              CLICKSPEAK_TIMEOUT,
              CLICKSPEAK_REQUESTS_PER_MINUTE,
              CLICKSPEAK_REQUESTS_PER_10_SECONDS,
              CLICKSPEAK_ACCOUNTS),
          new Section(
              "Polling",
              POLL_PERIOD,
              POLL_FULL_PERIOD,
              POLL_START,
              POLL_LOOK_BACK,
              POLL_WIDE_LOOK_BACK),
          new Section(
              "What makes a call a lead",
              LEAD_FILTERS,
              LEAD_OUTCOME_VARIABLES,
              LEAD_OUTCOME_VALUES,
              LEAD_MIN_DURATION,
              LEAD_MIN_SCORE,
              LEAD_SCORE_VARIABLES,
              LEAD_CAMPAIGNS,
              LEAD_ASSISTANTS,
              LEAD_SETTLE,
              LEAD_CONTACT_NAME,
              LEAD_CONTACT_FIRST_NAME,
              LEAD_CONTACT_LAST_NAME,
              LEAD_CONTACT_EMAIL,
              LEAD_CONTACT_COMPANY,
              LEAD_CONTACT_PHONE,
              LEAD_CONTACT_NO_VALUES,
              LEAD_SINKS),
          new Section(
              "Ledger: what was seen and what was delivered",
              LEDGER_URL,
              LEDGER_USER,
              LEDGER_PASSWORD,
              LEDGER_LEASE,
              LEDGER_RETENTION),
          new Section("Sinks in general", SINK_TIMEOUT, SINK_PROBE, RETRY_SCHEDULE),
          new Section(
              "Salesforce",
              SALESFORCE_LOGIN_URL,
              SALESFORCE_CLIENT_ID,
              SALESFORCE_CLIENT_SECRET,
              SALESFORCE_API_VERSION,
              SALESFORCE_EXTERNAL_ID_FIELD,
              SALESFORCE_ALLOW_DUPLICATES,
              SALESFORCE_ASSIGNMENT_RULE,
              SALESFORCE_LOG_CALL,
              SALESFORCE_TASK_EXTERNAL_ID_FIELD,
              SALESFORCE_LEAD),
          new Section(
              "Slack",
              SLACK_API_URL,
              SLACK_TOKEN,
              SLACK_CHANNEL,
              SLACK_PER_SECOND,
              SLACK_LOOK_AGAIN),
          new Section("File", FILE_DIRECTORY),
          new Section(
              "Kafka",
              KAFKA_BROKERS,
              KAFKA_TOPIC,
              KAFKA_SECURITY_PROTOCOL,
              KAFKA_SASL_MECHANISM,
              KAFKA_SASL_JAAS_CONFIG),
          new Section("Webhook", WEBHOOK_SECRET),
          new Section("Console", CONSOLE_HOST, CONSOLE_PORT));

  private Keys() {}

  /** All of them, in that order. */
  public static List<Key> all() {
    return SECTIONS.stream().flatMap(section -> section.keys().stream()).toList();
  }
}
