package io.leadroutes.salesforce;

import io.leadroutes.delivery.LeadExpression;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lead as a Lead of Salesforce: one expression a field. */
final class SalesforceMapping {

  private static final Logger LOG = LoggerFactory.getLogger(SalesforceMapping.class);
  private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,79}");
  private static final String UNKNOWN = "Unknown";

  private final CamelContext context;
  private final Settings settings;
  private final String externalIdField;
  private final Map<String, LeadExpression> expressions = new LinkedHashMap<>();

  /**
   * @param settings as the account sees them
   * @throws SettingsException when a field's name or expression is wrong
   */
  SalesforceMapping(CamelContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    this.externalIdField = settings.required(Keys.SALESFORCE_EXTERNAL_ID_FIELD);
    if (!FIELD.matcher(externalIdField).matches()) {
      throw new SettingsException(
          settings.nameOf(Keys.SALESFORCE_EXTERNAL_ID_FIELD)
              + "="
              + externalIdField
              + " is not the name of a field: write one such as ClickSpeak_Call_Id__c.");
    }
    Map<String, String> seen = new TreeMap<>();
    settings
        .salesforceMapping()
        .forEach(
            (field, text) -> {
              refuseName(field, seen.put(field.toLowerCase(Locale.ROOT), field));
              expressions.put(field, compiled(field, text.strip()));
            });
  }

  String externalIdField() {
    return externalIdField;
  }

  /** Names of all fields that are sent. */
  Set<String> fields() {
    return expressions.keySet();
  }

  /** An exchange for {@link #record}; one may serve many leads of one thread. */
  Exchange exchange() {
    return new DefaultExchange(context);
  }

  /** The key of a field that is sent, as the user has written it; null of any other. */
  String keyOf(String field) {
    return expressions.keySet().stream()
        .filter(field::equalsIgnoreCase)
        .findFirst()
        .map(this::key)
        .orElse(null);
  }

  /**
   * What is sent of a lead; an empty value is left out.
   *
   * @param fields by name, without those that say which record it is
   * @param forCreation values for fields that a record cannot be created without; they are no
   *     knowledge, and must not take the place of what is there
   */
  record Mapped(String key, Map<String, Object> fields, Map<String, Object> forCreation) {

    /** As a new record. */
    Sent creation() {
      Map<String, Object> all = new LinkedHashMap<>(fields);
      all.putAll(forCreation);
      return new Sent(key, all, SentFields.of(key, all).memo());
    }

    /**
     * As a change of a record that is there: without what an earlier version sent already.
     *
     * @param earlier that version's memo, null where it is not known
     */
    Sent change(String earlier) {
      SentFields now = SentFields.of(key, fields);
      SentFields before = SentFields.ofMemo(earlier);
      Map<String, Object> changed = new LinkedHashMap<>(fields);
      changed.keySet().removeIf(field -> now.unchanged(field, before));
      return new Sent(key, changed, before.and(now).memo());
    }
  }

  /**
   * A record to send.
   *
   * @param memo what the next version is held against
   */
  record Sent(String key, Map<String, Object> fields, String memo) {}

  Mapped mapped(Lead lead, Exchange exchange) {
    Map<String, Object> fields = new LinkedHashMap<>();
    expressions.forEach(
        (field, expression) ->
            evaluated(field, expression, exchange, lead)
                .ifPresent(value -> fields.put(field, value)));
    Map<String, Object> forCreation = new LinkedHashMap<>();
    fallBack(fields, forCreation, "LastName", lead.name(), lead.phone());
    fallBack(fields, forCreation, "Company", lead.company(), lead.name(), lead.phone());
    return new Mapped(lead.key(), fields, forCreation);
  }

  /** The record of a request. */
  Map<String, Object> record(Sent sent) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("attributes", Map.of("type", "Lead"));
    record.put(externalIdField, sent.key());
    record.putAll(sent.fields());
    return record;
  }

  /** An expression that fails for one lead costs that field only. */
  private Optional<Object> evaluated(
      String field, LeadExpression expression, Exchange exchange, Lead lead) {
    try {
      return FieldValue.of(field, expression.of(lead, exchange));
    } catch (RuntimeException e) {
      LeadExpression.refuseToGoOn(e);
      LOG.warn("{} is left out of {}: {}", key(field), lead, e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  /** Salesforce creates no Lead without them. */
  private static void fallBack(
      Map<String, Object> fields, Map<String, Object> forCreation, String field, String... others) {
    if (!fields.containsKey(field)) {
      forCreation.put(
          field,
          Stream.of(others)
              .map(other -> FieldValue.of(field, other))
              .flatMap(Optional::stream)
              .findFirst()
              .orElse(UNKNOWN));
    }
  }

  /** As the user has written it. */
  private String key(String field) {
    return settings.nameOf(Keys.SALESFORCE_LEAD.name() + field);
  }

  private void refuseName(String field, String twice) {
    if (twice != null) {
      throw new SettingsException(
          key(field) + " and " + key(twice) + " are the same field: keep one of them.");
    }
    if (!FIELD.matcher(field).matches()) {
      throw new SettingsException(
          key(field) + " is not the name of a field: use letters, digits and underscores.");
    }
    if (field.equalsIgnoreCase(externalIdField)
        || field.equalsIgnoreCase("Id")
        || field.equalsIgnoreCase("attributes")) {
      throw new SettingsException(
          key(field) + " cannot be mapped, it says which record it is: remove the line.");
    }
  }

  private LeadExpression compiled(String field, String text) {
    try {
      return new LeadExpression(context, text);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          key(field)
              + "="
              + text
              + " is not a Simple expression over a lead: write one such as ${body.firstName}.");
    }
  }
}
