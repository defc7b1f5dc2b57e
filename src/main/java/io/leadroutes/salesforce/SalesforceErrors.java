package io.leadroutes.salesforce;

import io.leadroutes.lead.Outcome;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What Salesforce's error codes mean: {@code statusCode} of a record and {@code errorCode} of a
 * whole call (the WSDL of the API names them all), and the OAuth errors of a login. A code that is
 * not listed is tried again by {@code retry.schedule} and named.
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
          "CANNOT_EXECUTE_FLOW_TRIGGER FLOW_EXCEPTION CUSTOM_APEX_ERROR MAX_DEPTH_IN_FLOW_EXECUTION",
          "SELF_REFERENCE_FROM_FLOW SELF_REFERENCE_FROM_TRIGGER MIXED_DML_OPERATION",
          "APEX_TRIGGER_COUPLING_LIMIT REALTIME_PROCESSING_TIME_EXCEEDED_LIMIT OPERATION_ENQUEUED",
          "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE TXN_SECURITY_APEX_ERROR",
          "TXN_SECURITY_METERING_ERROR TXN_SECURITY_RUNTIME_ERROR MATCH_DEFINITION_ERROR",
          "MATCH_OPERATION_ERROR MATCH_PRECONDITION_FAILED EXCEEDED_ID_LIMIT",
          "EXCEEDED_MAX_SIZE_REQUEST OPERATION_TOO_LARGE PAYLOAD_SIZE_EXCEEDED TOO_MANY_RECORDS");

  /** Salesforce as a whole does not work just now. */
  private static final Set<String> SINK_DOWN =
      codes(
          "SERVER_UNAVAILABLE INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
          "ORG_IN_MAINTENANCE FUNCTIONALITY_TEMPORARILY_UNAVAILABLE SSO_SERVICE_DOWN",
          "ORG_IS_SIGNING_UP ORG_LOCKED temporarily_unavailable server_error");

  /** Every lead would fail the same way. */
  private static final Set<String> PAUSED =
      codes(
          "INVALID_SESSION_ID INVALID_LOGIN INVALID_CLIENT INVALID_AUTH_HEADER INVALID_ACCESS_TOKEN",
          "invalid_client invalid_client_id invalid_client_credentials invalid_grant",
          "invalid_request unauthorized_client unsupported_grant_type invalid_scope access_denied",
          "inactive_user inactive_org rate_limit_exceeded invalid_app_access",
          "INVALID_OPERATION_WITH_EXPIRED_PASSWORD LOGIN_DURING_RESTRICTED_DOMAIN",
          "LOGIN_DURING_RESTRICTED_TIME LOGIN_MUST_USE_SECURITY_TOKEN LOGIN_CHALLENGE_ISSUED",
          "LOGIN_CHALLENGE_PENDING PASSWORD_LOCKOUT MUTUAL_AUTHENTICATION_FAILED",
          "REQUEST_LIMIT_EXCEEDED STORAGE_LIMIT_EXCEEDED LIMIT_EXCEEDED EXCEEDED_QUOTA",
          "LICENSE_LIMIT_EXCEEDED INVALID_FIELD INVALID_FIELD_FOR_INSERT_UPDATE INVALID_TYPE",
          "INVALID_TYPE_FOR_OPERATION INVALID_ENTITY_FOR_UPSERT FIELD_NOT_UPDATABLE",
          "INSUFFICIENT_ACCESS INSUFFICIENT_ACCESS_OR_READONLY INVALID_READ_ONLY_USER_DML",
          "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
          "API_DISABLED_FOR_ORG API_CURRENTLY_DISABLED CLIENT_NOT_ACCESSIBLE_FOR_USER",
          "CLIENT_REQUIRE_UPDATE_FOR_USER UNSUPPORTED_API_VERSION UNSUPPORTED_CLIENT TRIAL_EXPIRED",
          "FUNCTIONALITY_NOT_ENABLED REQUIRED_FEATURE_MISSING INACTIVE_OWNER_OR_USER",
          "INVALID_ASSIGNMENT_RULE PACKAGE_DISABLED PACKAGE_LICENSE_REQUIRED NOT_FOUND",
          "TXN_SECURITY_NO_ACCESS TXN_SECURITY_END_A_SESSION TXN_SECURITY_TWO_FA_REQUIRED",
          "JSON_PARSER_ERROR POST_BODY_PARSE_ERROR METHOD_NOT_ALLOWED UNSUPPORTED_MEDIA_TYPE",
          "NOT_ACCEPTABLE INVALID_CONTENT_TYPE ORG_NOT_OWNED_BY_INSTANCE TERMS_OF_SERVICE_UNREAD",
          "INSUFFICIENT_CREDITS REL_FIELD_BAD_ACCESSIBILITY UNAVAILABLE_RECORDTYPE_EXCEPTION",
          "INVALID_OWNER TRANSFER_REQUIRES_READ INACTIVE_RULE_ERROR KEY_HAS_BEEN_DESTROYED",
          "APEX_DATA_ACCESS_RESTRICTION PORTAL_NO_ACCESS COMMUNITY_NOT_ACCESSIBLE");

  /** About this lead: a person corrects it, or the rule that refuses it. */
  private static final Set<String> DEAD_LETTER =
      codes(
          "REQUIRED_FIELD_MISSING STRING_TOO_LONG INVALID_EMAIL_ADDRESS EMAIL_ADDRESS_BOUNCED",
          "FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_FILTER_VALIDATION_EXCEPTION",
          "FIELD_INTEGRITY_EXCEPTION INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST DUPLICATES_DETECTED",
          "DUPLICATE_VALUE DUPLICATE_EXTERNAL_ID MULTIPLE_RECORDS_FOUND ENTITY_IS_LOCKED",
          "ENTITY_IS_ARCHIVED ENTITY_SAVE_VALIDATION_ERROR FIELD_MODERATION_RULE_BLOCK",
          "NUMBER_OUTSIDE_VALID_RANGE INVALID_DATE_FORMAT MALFORMED_ID INVALID_ID_FIELD",
          "INVALID_CROSS_REFERENCE_KEY INVALID_INPUT INVALID_CURRENCY_ISO INVALID_STATUS",
          "TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET UNSAFE_HTML_CONTENT UNSPECIFIED_EMAIL_ADDRESS",
          "MISSING_ARGUMENT TXN_SECURITY_FAIL_CLOSE INVALID_TYPE_ON_FIELD_IN_RECORD",
          "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD RELATED_ENTITY_FILTER_VALIDATION_EXCEPTION",
          "INVALID_PERSON_ACCOUNT_OPERATION INVALID_MARKUP INVALID_TEXT_REPRESENTATION",
          "INVALID_ARGUMENT_TYPE INVALID_API_INPUT INVALID_INPUT_COMBINATION DUPLICATE_ARGUMENT_VALUE",
          "FIELD_KEYWORD_LIST_MATCH_LIMIT TOO_MANY_ENUM_VALUE MISSING_RECORD RECORD_NOT_FOUND",
          "WEBLINK_URL_INVALID MAX_TASK_DESCRIPTION_EXCEEEDED");

  /** The lead is there already, and a salesperson has gone on with it or removed it. */
  private static final Set<String> MOVED_ON =
      codes("CANNOT_UPDATE_CONVERTED_LEAD ENTITY_IS_DELETED");

  /** Of {@link #PAUSED}, what one lead's data may cause as well: a value, or a trigger on it. */
  private static final Set<String> ONE_OR_ALL =
      codes("JSON_PARSER_ERROR POST_BODY_PARSE_ERROR CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");

  /** What a Task is made of is the same for each call, so that a rule refuses all or none. */
  private static final Set<String> ALL_TASKS =
      codes("REQUIRED_FIELD_MISSING INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST INVALID_STATUS");

  private SalesforceErrors() {}

  /**
   * What a code means.
   *
   * @param fields names of fields the error is about, for the reason; never a message of
   *     Salesforce's, because that quotes values
   */
  static Outcome outcome(String code, String fields) {
    String named = named(code) + (fields.isEmpty() ? "" : " (" + fields + ")");
    if (PAUSED.contains(code)) {
      return Outcome.paused("Salesforce refuses with " + named + ": " + remedy(code, fields) + ".");
    }
    if (SINK_DOWN.contains(code)) {
      return Outcome.sinkDown("Salesforce answered " + named + ".", null);
    }
    if (DEAD_LETTER.contains(code) || MOVED_ON.contains(code)) {
      return Outcome.deadLetter("Salesforce refused the lead: " + named + ".");
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
  static Outcome ofTask(String code, String fields) {
    Outcome ofLead = outcome(code, fields);
    String named = named(code) + (fields.isEmpty() ? "" : " (" + fields + ")");
    return switch (ALL_TASKS.contains(code) ? Outcome.Kind.PAUSED : ofLead.kind()) {
      case PAUSED ->
          Outcome.paused(
              "Salesforce has the lead and refuses the Task of its call with "
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

  /** Whether a refusal of {@link Outcome.Kind#PAUSED} may be about one lead only. */
  static boolean oneOrAll(String code) {
    return ONE_OR_ALL.contains(code);
  }

  /** Whether the refusal itself shows that the lead is in Salesforce. */
  static boolean movedOn(String code) {
    return MOVED_ON.contains(code);
  }

  static boolean known(String code) {
    return PAUSED.contains(code)
        || SINK_DOWN.contains(code)
        || DEAD_LETTER.contains(code)
        || LATER.contains(code)
        || MOVED_ON.contains(code);
  }

  private static String remedy(String code, String fields) {
    return switch (code) {
      case "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "FIELD_NOT_UPDATABLE" ->
          fields.isEmpty()
              ? "create the fields of salesforce.lead.… and salesforce.external-id-field in"
                  + " Salesforce, or correct those keys"
              : "create the field in Salesforce and let the integration user write it, or correct"
                  + " its key";
      case "INVALID_ENTITY_FOR_UPSERT", "NOT_FOUND" ->
          "make salesforce.external-id-field an external id of Lead, and check"
              + " salesforce.api-version and salesforce.login-url";
      case "JSON_PARSER_ERROR", "POST_BODY_PARSE_ERROR" ->
          "correct salesforce.lead.…, a value is not of its field's type";
      case "REQUEST_LIMIT_EXCEEDED" -> "wait for the daily limit of API calls, or have it raised";
      case "STORAGE_LIMIT_EXCEEDED" -> "free storage in Salesforce";
      case "UNSUPPORTED_API_VERSION" -> "correct salesforce.api-version";
      default ->
          "check salesforce.login-url, salesforce.client-id, salesforce.client-secret and the"
              + " permissions of the integration user";
    };
  }

  private static String taskRemedy(String code) {
    return switch (code) {
      case "REQUIRED_FIELD_MISSING", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_STATUS" ->
          "let a completed call be saved as a Task without other required fields, or set"
              + " salesforce.log-call=false";
      case "INVALID_FIELD",
          "INVALID_FIELD_FOR_INSERT_UPDATE",
          "FIELD_NOT_UPDATABLE",
          "INVALID_ENTITY_FOR_UPSERT",
          "JSON_PARSER_ERROR",
          "POST_BODY_PARSE_ERROR",
          "NOT_FOUND" ->
          "make salesforce.task-external-id-field, where it is set, a text and an external id of"
              + " Task, and let the integration user write the fields of Task";
      case "INVALID_TYPE",
          "INVALID_TYPE_FOR_OPERATION",
          "INSUFFICIENT_ACCESS",
          "INSUFFICIENT_ACCESS_OR_READONLY",
          "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
          "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
          "INVALID_READ_ONLY_USER_DML",
          "FUNCTIONALITY_NOT_ENABLED" ->
          "let the integration user edit Tasks, or set salesforce.log-call=false";
      default -> remedy(code, "");
    };
  }

  private static String named(String code) {
    return code != null && CODE.matcher(code).matches() ? code : "an unreadable code";
  }

  private static Set<String> codes(String... lines) {
    return Set.of(String.join(" ", lines).split(" "));
  }
}
