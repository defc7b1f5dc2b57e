package io.leadroutes.sinks;

import io.leadroutes.call.Call;
import io.leadroutes.delivery.DeliveryRules;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;

/** The way from the ledger to one sink: the leads: component and the sink's own route file. */
public final class SinkOnLedger implements AutoCloseable {

  public final LedgerFixture fixture;
  public final List<Account> accounts;
  private final CamelContext context = new DefaultCamelContext();
  private final String sink;

  /**
   * @param directory where the ledger lies
   * @param own further settings
   * @param bind what the sink's route needs
   * @param accounts names of the accounts whose leads it gets
   */
  public SinkOnLedger(
      String sink,
      Path directory,
      Map<String, String> own,
      BiConsumer<CamelContext, SinkOnLedger> bind,
      List<String> accounts) {
    this.sink = sink;
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "lead.sinks", sink,
                "ledger.lease", "10s",
                "sink.probe", "300ms",
                "retry.schedule", "100ms, 100ms, 100ms, 100ms, 100ms, 100ms, 100ms, 100ms"));
    values.putAll(own);
    fixture = new LedgerFixture(Databases.SQLITE.settings(directory, values));
    this.accounts =
        accounts.stream()
            .map(name -> fixture.accounts.account(name, "https://example.com/api", Instant.EPOCH))
            .toList();
    try {
      context.getPropertiesComponent().setInitialProperties(settings().asProperties());
      context.getRegistry().bind("deliveries", fixture.deliveries);
      context.getRegistry().bind("leases", new Leases(fixture.ledger));
      context.getRegistry().bind("rules", DeliveryRules.of(settings(), this.accounts));
      bind.accept(context, this);
      load("on-failure");
      load("deliver-" + sink);
      context.start();
    } catch (Exception e) {
      close();
      throw new IllegalStateException(e);
    }
  }

  public Settings settings() {
    return fixture.settings;
  }

  /** Records calls as leads of an account; one that is known already as its next version. */
  public void record(Account account, Call... calls) {
    fixture.recordLeadsOf(account, List.of(calls), sink);
  }

  /** Whether nothing is on its way any more and each lead was delivered as it is now. */
  public boolean allDelivered() {
    return fixture.count(
            "SELECT COUNT(*) FROM delivery WHERE state <> 'delivered'"
                + " OR wanted_version > sent_version")
        == 0;
  }

  @Override
  public void close() {
    context.stop();
    fixture.close();
  }

  private void load(String route) throws Exception {
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(
            PluginHelper.getResourceLoader(context)
                .resolveResource("file:routes/" + route + ".camel.yaml"));
  }
}
