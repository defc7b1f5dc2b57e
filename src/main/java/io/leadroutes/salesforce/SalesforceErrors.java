package io.leadroutes.salesforce;

import io.leadroutes.lead.Outcome;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Salesforce's error codes mean: {@code statusCode} of a record and {@code errorCode} of a
 * whole call (the WSDL of the API names them all). A code that is not listed is tried again by
 * {@code retry.schedule} and named.
 */
final class SalesforceErrors {

  private static final Pattern CODE = Pattern.compile("[A-Za-z_0-9]{1,80}");

  /** Another request stood in the way, or the record fell with another one. */
  private static final Set<String> LATER =
      codes(
          "UNABLE_TO_LOCK_ROW QUERY_TIMEOUT REQUEST_RUNNING_TOO_LONG PROCESSING_HALTED",
          "BATCH_PROCESSING_HALTED ALL_OR_NONE_OPERATION_ROLLED_BACK ALREADY_IN_PROCESS",
          "COLLISION_DETECTED RECORD_IN_USE_BY_WORKFLOW TERRITORY_REALIGN_IN_PROGRESS",
          "TOO_MANY_APEX_REQUESTS MATCH_SERVICE_TIMED_OUT MATCH_SERVICE_UNAVAILABLE_ERROR",
          "MATCH_SERVICE_ERROR MATCH_RUNTIME_ERROR FIND_DUPLICATES_ERROR UNKNOWN_EXCEPTION",
          "INTERNAL_ERROR INTERNAL_SERVER_ERROR XCLEAN_DJ_MATCH_RETRIABLE_ERROR ENTITY_SAVE_ERROR",
          "REALTIME_PROCESSING_TIME_EXCEEDED_LIMIT OPERATION_ENQUEUED",
          "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE TXN_SECURITY_APEX_ERROR",
          "TXN_SECURITY_METERING_ERROR TXN_SECURITY_RUNTIME_ERROR MATCH_DEFINITION_ERROR",
          "MATCH_OPERATION_ERROR MATCH_PRECONDITION_FAILED EXCEEDED_ID_LIMIT",
          "EXCEEDED_MAX_SIZE_REQUEST OPERATION_TOO_LARGE PAYLOAD_SIZE_EXCEEDED TOO_MANY_RECORDS");

  /** Salesforce as a whole does not work just now. */
  private static final Set<String> SINK_DOWN =
      codes(
          "SERVER_UNAVAILABLE INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
          "ORG_IN_MAINTENANCE FUNCTIONALITY_TEMPORARILY_UNAVAILABLE SSO_SERVICE_DOWN",
          "ORG_IS_SIGNING_UP ORG_LOCKED");

  /** Certain to concern every lead: the session, the API, a limit of the org. */
  private static final Set<String> PAUSED =
      codes(
          "INVALID_SESSION_ID INVALID_LOGIN INVALID_CLIENT INVALID_AUTH_HEADER"
              + " INVALID_ACCESS_TOKEN",
          "INVALID_OPERATION_WITH_EXPIRED_PASSWORD LOGIN_DURING_RESTRICTED_DOMAIN",
          "LOGIN_DURING_RESTRICTED_TIME LOGIN_MUST_USE_SECURITY_TOKEN LOGIN_CHALLENGE_ISSUED",
          "LOGIN_CHALLENGE_PENDING PASSWORD_LOCKOUT MUTUAL_AUTHENTICATION_FAILED",
          "REQUEST_LIMIT_EXCEEDED STORAGE_LIMIT_EXCEEDED EXCEEDED_QUOTA LICENSE_LIMIT_EXCEEDED",
          "INVALID_TYPE INVALID_TYPE_FOR_OPERATION INVALID_ENTITY_FOR_UPSERT",
          "INVALID_READ_ONLY_USER_DML",
          "API_DISABLED_FOR_ORG API_CURRENTLY_DISABLED CLIENT_NOT_ACCESSIBLE_FOR_USER",
          "CLIENT_REQUIRE_UPDATE_FOR_USER UNSUPPORTED_API_VERSION UNSUPPORTED_CLIENT TRIAL_EXPIRED",
          "FUNCTIONALITY_NOT_ENABLED REQUIRED_FEATURE_MISSING",
          "PACKAGE_DISABLED PACKAGE_LICENSE_REQUIRED",
          "TXN_SECURITY_END_A_SESSION TXN_SECURITY_TWO_FA_REQUIRED",
          "METHOD_NOT_ALLOWED UNSUPPORTED_MEDIA_TYPE",
          "NOT_ACCEPTABLE INVALID_CONTENT_TYPE ORG_NOT_OWNED_BY_INSTANCE TERMS_OF_SERVICE_UNREAD",
          "INSUFFICIENT_CREDITS KEY_HAS_BEEN_DESTROYED",
          "PORTAL_NO_ACCESS COMMUNITY_NOT_ACCESSIBLE");

  /** Certain to be about this lead: there is another record like it. */
  private static final Set<String> DEAD_LETTER =
      codes("DUPLICATES_DETECTED DUPLICATE_VALUE DUPLICATE_EXTERNAL_ID MULTIPLE_RECORDS_FOUND");

  private static final Set<String> OWNERS =
      codes(
          "INACTIVE_OWNER_OR_USER INVALID_OWNER TRANSFER_REQUIRES_READ INACTIVE_RULE_ERROR",
          "INVALID_ASSIGNMENT_RULE");

  private static final Set<String> ACCESS =
      codes(
          "INSUFFICIENT_ACCESS INSUFFICIENT_ACCESS_OR_READONLY",
          "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY TXN_SECURITY_NO_ACCESS",
          "APEX_DATA_ACCESS_RESTRICTION ENTITY_IS_LOCKED ENTITY_IS_ARCHIVED");

  private static final Set<String> FIELDS =
      codes(
          "INVALID_FIELD INVALID_FIELD_FOR_INSERT_UPDATE FIELD_NOT_UPDATABLE",
          "REL_FIELD_BAD_ACCESSIBILITY");

  private static final Set<String> UNREADABLE = codes("JSON_PARSER_ERROR POST_BODY_PARSE_ERROR");

  private static final Set<String> RULES =
      codes(
          "FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_FILTER_VALIDATION_EXCEPTION",
          "ENTITY_SAVE_VALIDATION_ERROR FIELD_MODERATION_RULE_BLOCK FIELD_KEYWORD_LIST_MATCH_LIMIT",
          "RELATED_ENTITY_FILTER_VALIDATION_EXCEPTION TXN_SECURITY_FAIL_CLOSE");

  /** Code of the org that runs when a lead is saved. */
  private static final Set<String> AUTOMATION =
      codes(
          "CANNOT_EXECUTE_FLOW_TRIGGER FLOW_EXCEPTION",
          "CUSTOM_APEX_ERROR MAX_DEPTH_IN_FLOW_EXECUTION SELF_REFERENCE_FROM_FLOW",
          "SELF_REFERENCE_FROM_TRIGGER MIXED_DML_OPERATION APEX_TRIGGER_COUPLING_LIMIT");

  private static final String REPAIR =
      "a trigger or flow of the org fails on it, have it fixed in Salesforce";
  private static final String TRIGGER = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY";

  private static final Set<String> VALUES =
      codes(
          "REQUIRED_FIELD_MISSING STRING_TOO_LONG INVALID_EMAIL_ADDRESS EMAIL_ADDRESS_BOUNCED",
          "FIELD_INTEGRITY_EXCEPTION INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
          "NUMBER_OUTSIDE_VALID_RANGE INVALID_DATE_FORMAT MALFORMED_ID INVALID_ID_FIELD",
          "INVALID_CROSS_REFERENCE_KEY INVALID_INPUT INVALID_CURRENCY_ISO INVALID_STATUS",
          "TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET UNSAFE_HTML_CONTENT UNSPECIFIED_EMAIL_ADDRESS",
          "MISSING_ARGUMENT INVALID_TYPE_ON_FIELD_IN_RECORD UNAVAILABLE_RECORDTYPE_EXCEPTION",
          "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD",
          "INVALID_PERSON_ACCOUNT_OPERATION INVALID_MARKUP INVALID_TEXT_REPRESENTATION",
          "INVALID_ARGUMENT_TYPE INVALID_API_INPUT INVALID_INPUT_COMBINATION"
              + " DUPLICATE_ARGUMENT_VALUE",
          "TOO_MANY_ENUM_VALUE MISSING_RECORD RECORD_NOT_FOUND",
          "WEBLINK_URL_INVALID MAX_TASK_DESCRIPTION_EXCEEEDED LIMIT_EXCEEDED NOT_FOUND");

  /** This lead or every one, which other leads tell. */
  private static final Set<String> REFUSED =
      Stream.of(OWNERS, ACCESS, FIELDS, UNREADABLE, RULES, VALUES, Set.of(TRIGGER))
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /** The lead is there already, and a salesperson has gone on with it or removed it. */
  private static final Set<String> MOVED_ON =
      codes("CANNOT_UPDATE_CONVERTED_LEAD ENTITY_IS_DELETED");

  private SalesforceErrors() {}

  /**
   * What a code means.
   *
   * @param fields names of the fields the error is about; never a message of Salesforce's, because
   *     that quotes values
   * @param key the key of a field that is mapped, null of one that is not
   */
  static Outcome outcome(String code, List<String> fields, UnaryOperator<String> key) {
    String named = named(code, fields);
    if (PAUSED.contains(code)) {
      return Outcome.paused("Salesforce refuses with " + named + ": " + remedy(code) + ".");
    }
    if (SINK_DOWN.contains(code)) {
      return Outcome.sinkDown("Salesforce answered " + named + ".", null);
    }
    if (DEAD_LETTER.contains(code) || MOVED_ON.contains(code)) {
      return Outcome.deadLetter("Salesforce refused the lead: " + named + ".");
    }
    if (AUTOMATION.contains(code)) {
      // It may pass by itself: code of the org is repaired, or another lead's data suits it.
      return Outcome.later("Salesforce answered " + named + ": " + REPAIR + ".");
    }
    if (REFUSED.contains(code)) {
      return Outcome.refused(
          "Salesforce refuses with " + named + ": " + remedy(code, fields, key) + ".");
    }
    if (LATER.contains(code)) {
      return Outcome.later("Salesforce answered " + named + ".");
    }
    return Outcome.later("Salesforce answered " + named + ", which this program does not know.");
  }

  /**
   * What a code means for the Task of a call whose Lead is in Salesforce.
   *
   * @param fields as above
   */
  static Outcome ofTask(String code, List<String> fields) {
    Outcome ofLead = outcome(code, fields, field -> null);
    String named = named(code, fields);
    return switch (ofLead.kind()) {
      case PAUSED ->
          Outcome.paused(
              "Salesforce has the lead and refuses the Task of its call with "
                  + named
                  + ": "
                  + taskRemedy(code)
                  + ".");
      case REFUSED ->
          Outcome.refused(
              "The lead is in Salesforce, the Task of its call is refused with "
                  + named
                  + ": "
                  + taskRemedy(code)
                  + ".");
      case SINK_DOWN -> ofLead;
      case DEAD_LETTER ->
          Outcome.deadLetter(
              "The lead is in Salesforce, the Task of its call is not: refused with "
                  + named
                  + ".");
      default ->
          Outcome.later(
              "The lead is in Salesforce, the Task of its call is not yet. " + ofLead.reason());
    };
  }

  /** Whether the refusal itself shows that the lead is in Salesforce. */
  static boolean movedOn(String code) {
    return MOVED_ON.contains(code);
  }

  static boolean known(String code) {
    return PAUSED.contains(code)
        || SINK_DOWN.contains(code)
        || DEAD_LETTER.contains(code)
        || AUTOMATION.contains(code)
        || REFUSED.contains(code)
        || LATER.contains(code)
        || MOVED_ON.contains(code);
  }

  /** That a change was not written, because a salesperson has gone on with the lead. */
  static Outcome movedOnOutcome(String code, String id) {
    String lead = id == null ? "The lead" : "Lead " + id;
    return Outcome.deadLetter(
        code.equals("ENTITY_IS_DELETED")
            ? lead
                + " was deleted in Salesforce, so the change was not written there ("
                + code
                + "): restore it and replay this, or discard it."
            : lead
                + " was converted in Salesforce, so the change was not written there ("
                + code
                + "): update its contact by hand, then discard this.");
  }

  private static String remedy(String code) {
    return switch (code) {
      case "INVALID_ENTITY_FOR_UPSERT" ->
          "make salesforce.external-id-field an external id of Lead";
      case "REQUEST_LIMIT_EXCEEDED" -> "wait for the daily limit of API calls, or have it raised";
      case "STORAGE_LIMIT_EXCEEDED" -> "free storage in Salesforce";
      case "UNSUPPORTED_API_VERSION" -> "correct salesforce.api-version";
      default ->
          "check salesforce.login-url, salesforce.client-id, salesforce.client-secret and the"
              + " permissions of the integration user";
    };
  }

  private static String remedy(String code, List<String> fields, UnaryOperator<String> key) {
    String field = fields.isEmpty() ? null : fields.get(0);
    String mapped = field == null ? null : key.apply(field);
    if (OWNERS.contains(code)) {
      return "the owner it would get is not active or may not own it: correct the lead assignment"
          + " rule in Salesforce, the lead's owner there, or salesforce.assignment-rule";
    }
    if (ACCESS.contains(code)) {
      return "the integration user may not write it: check the lead's owner and sharing in"
          + " Salesforce, and the user's permissions";
    }
    if (FIELDS.contains(code)) {
      return field == null
          ? "create the fields of salesforce.lead.… and salesforce.external-id-field in Salesforce,"
              + " or correct those keys"
          : "create the field in Salesforce and let the integration user write it, or correct its"
              + " key";
    }
    if (UNREADABLE.contains(code)) {
      return "correct salesforce.lead.…, a value is not of its field's type";
    }
    if (code.equals(TRIGGER)) {
      return REPAIR;
    }
    if (RULES.contains(code)) {
      return "a rule of the org forbids it: correct "
          + (mapped == null ? "what salesforce.lead.… sends" : mapped)
          + ", or the rule";
    }
    if (code.equals("NOT_FOUND")) {
      return "make salesforce.external-id-field an external id of Lead, and check"
          + " salesforce.api-version and salesforce.login-url";
    }
    if (field == null) {
      return "correct what salesforce.lead.… sends";
    }
    if (code.equals("REQUIRED_FIELD_MISSING")) {
      return mapped == null
          ? "map " + field + " in salesforce.lead." + field + ", or make it optional"
          : mapped + " yields nothing for it: correct it, or make " + field + " optional";
    }
    String correct = "correct " + (mapped == null ? field : mapped);
    return code.equals("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
        ? correct + ", or add its value to the picklist"
        : correct;
  }

  private static String taskRemedy(String code) {
    if (FIELDS.contains(code)
        || UNREADABLE.contains(code)
        || code.equals("INVALID_ENTITY_FOR_UPSERT")
        || code.equals("NOT_FOUND")) {
      return "make salesforce.task-external-id-field, where it is set, a text and an external id of"
          + " Task, and let the integration user write the fields of Task";
    }
    if (ACCESS.contains(code)
        || code.equals("INVALID_TYPE")
        || code.equals("INVALID_TYPE_FOR_OPERATION")
        || code.equals("INVALID_READ_ONLY_USER_DML")
        || code.equals("FUNCTIONALITY_NOT_ENABLED")) {
      return "let the integration user edit Tasks, or set salesforce.log-call=false";
    }
    return REFUSED.contains(code)
        ? "let a completed call be saved as a Task without other required fields, or set"
            + " salesforce.log-call=false"
        : remedy(code);
  }

  private static String named(String code, List<String> fields) {
    return named(code) + (fields.isEmpty() ? "" : " (" + String.join(", ", fields) + ")");
  }

  private static String named(String code) {
    return code != null && CODE.matcher(code).matches() ? code : "an unreadable code";
  }

  private static Set<String> codes(String... lines) {
    return Set.of(String.join(" ", lines).split(" "));
  }
}
