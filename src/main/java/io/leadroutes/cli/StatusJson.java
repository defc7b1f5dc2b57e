package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.ledger.Overview;
import io.leadroutes.ledger.Overview.AccountState;
import io.leadroutes.ledger.Overview.BackfillState;
import io.leadroutes.ledger.Overview.LastPass;
import io.leadroutes.ledger.Overview.SinkState;
import io.leadroutes.watch.Issue;
import java.time.Instant;
import java.util.List;

/** The overview as the JSON object that docs/operate.md describes; what is unknown is null. */
final class StatusJson {

  /** Those that a delivery may be in. */
  static final List<String> STATES =
      List.of("pending", "sending", "unknown", "delivered", "dead", "cancelled");

  private static final ObjectMapper JSON = new ObjectMapper();

  private StatusJson() {}

  /**
   * @param issues what needs a person
   */
  static String of(Overview overview, List<Issue> issues) throws JsonProcessingException {
    ObjectNode root = JSON.createObjectNode();
    root.put("at", text(overview.at())).put("needsPerson", !issues.isEmpty());
    ArrayNode inTheWay = root.putArray("issues");
    issues.forEach(issue -> inTheWay.add(issue(issue)));
    ArrayNode accounts = root.putArray("accounts");
    overview.accounts().forEach(account -> accounts.add(account(account)));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  private static ObjectNode issue(Issue issue) {
    return JSON.createObjectNode()
        .put("kind", issue.kind().word())
        .put("door", issue.door())
        .put("account", issue.account())
        .put("reason", issue.reason())
        .put("since", text(issue.since()));
  }

  private static ObjectNode account(AccountState account) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("name", account.name())
            .put("polled", account.polled())
            .put("paused", account.paused())
            .put("openCalls", account.openCalls())
            .put("setAside", account.setAside());
    ArrayNode passes = node.putArray("passes");
    account.passes().forEach(pass -> passes.add(pass(pass)));
    ArrayNode sinks = node.putArray("sinks");
    account.sinks().forEach(sink -> sinks.add(sink(sink)));
    ArrayNode backfills = node.putArray("backfills");
    account.backfills().forEach(backfill -> backfills.add(backfill(backfill)));
    return node;
  }

  private static ObjectNode pass(LastPass pass) {
    return JSON.createObjectNode()
        .put("kind", pass.kind())
        .put("startedAt", text(pass.startedAt()))
        .put("endedAt", text(pass.endedAt()))
        .put("pages", pass.pages())
        .put("requests", pass.requests())
        .put("newCalls", pass.newCalls())
        .put("changedCalls", pass.changed())
        .put("accepted", pass.refused() == null)
        .put("reason", pass.refused() == null ? pass.remark() : pass.refused());
  }

  private static ObjectNode sink(SinkState sink) {
    ObjectNode node = JSON.createObjectNode().put("sink", sink.sink());
    ObjectNode deliveries = node.putObject("deliveries");
    STATES.forEach(state -> deliveries.put(state, sink.count(state)));
    node.put("oldestWaitsSince", text(sink.oldest()));
    if (sink.trouble() == null) {
      node.putNull("trouble");
    } else {
      node.putObject("trouble")
          .put("paused", sink.trouble().paused())
          .put("reason", sink.trouble().reason())
          .put("since", text(sink.trouble().since()))
          .put("nextTry", text(sink.trouble().nextTry()));
    }
    return node;
  }

  private static ObjectNode backfill(BackfillState backfill) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("from", backfill.from().toString())
            .put("to", backfill.to().toString())
            .put("next", backfill.next().toString());
    ArrayNode sinks = node.putArray("sinks");
    backfill.sinks().forEach(sinks::add);
    return node.put("calls", backfill.calls())
        .put("leads", backfill.leads())
        .put("remark", backfill.remark());
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
