package io.leadroutes.delivery;

import io.leadroutes.ledger.Deliveries;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code leads:<sink>}: hands the due deliveries of one sink to a route and settles them when the
 * exchange ends. Needs one {@link Deliveries} and one {@link DeliveryRules} in the registry.
 */
@Component("leads")
public class LeadsComponent extends DefaultComponent {

  private Deliveries deliveries;
  private DeliveryRules rules;

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    deliveries = CamelContextHelper.findSingleByType(getCamelContext(), Deliveries.class);
    rules = CamelContextHelper.findSingleByType(getCamelContext(), DeliveryRules.class);
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    LeadsEndpoint endpoint = new LeadsEndpoint(uri, this);
    endpoint.setSink(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  Deliveries deliveries() {
    return deliveries;
  }

  DeliveryRules rules() {
    return rules;
  }
}
