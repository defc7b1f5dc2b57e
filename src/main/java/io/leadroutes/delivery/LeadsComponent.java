package io.leadroutes.delivery;

import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code leads:<sink>}: hands the due deliveries of one sink to a route and settles them when the
 * exchange ends. Needs one {@link io.leadroutes.ledger.Deliveries} and one {@link DeliveryRules} in
 * the registry.
 */
@Component("leads")
public class LeadsComponent extends DefaultComponent {

  private final Semaphore large = new Semaphore(1);
  private ScheduledExecutorService renewer;

  /** Held by the one delivery on its way that is larger than its sink's part of the memory. */
  Semaphore large() {
    return large;
  }

  /** Keeps the claims of all sinks alive. */
  ScheduledExecutorService renewer() {
    return renewer;
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    renewer =
        getCamelContext()
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "leads-leases");
  }

  @Override
  protected void doShutdown() throws Exception {
    getCamelContext().getExecutorServiceManager().shutdownNow(renewer);
    super.doShutdown();
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    LeadsEndpoint endpoint = new LeadsEndpoint(uri, this);
    endpoint.setSink(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  /** The one of this type in the registry; without it no route of this component can start. */
  <T> T required(Class<T> type) {
    return CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), type);
  }
}
