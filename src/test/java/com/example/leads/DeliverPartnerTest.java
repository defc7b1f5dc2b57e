package com.example.leads;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.EndpointInject;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.Produce;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.test.main.junit5.CamelMainTest;
import org.apache.camel.test.main.junit5.Configure;
import org.junit.jupiter.api.Test;

/** What the folder's own sink sends, with a mock in place of the partner. */
@CamelMainTest(
    properties = {"partner.url=https://partner.example/leads", "partner.token=secret"},
    replaceRouteFromWith = "deliver-partner=direct:deliveries",
    mockEndpointsAndSkip = "https:*")
class DeliverPartnerTest {

  /** The folder that the service is started from. */
  private static final Path FOLDER = Path.of("src/test/resources/leads");

  private final Settings settings = Settings.load(FOLDER, Map.of(), new Properties());

  @Produce("direct:deliveries")
  private FluentProducerTemplate deliveries;

  @EndpointInject("mock:https:partner.example/leads")
  private MockEndpoint partner;

  @Configure
  void load(MainConfigurationProperties main) {
    main.withRoutesIncludePattern(
        "classpath:routes/http-sink.camel.yaml,file:"
            + FOLDER.resolve("routes/deliver-partner.camel.yaml"));
  }

  private Delivery delivery(String call) {
    var read = new CallPageReader("default", ZoneOffset.UTC).readCall(call);
    return new Delivery(
        1, "default", new LeadReader(settings).lead(read), 1, 1, null, null, false, null, 1);
  }

  @Test
  void the_partner_gets_the_key_the_name_and_the_phone_as_json() throws Exception {
    partner.expectedHeaderReceived("Authorization", "Bearer secret");
    partner.expectedBodiesReceived(
        """
        {"id":"default-7","name":"Ada \\"Q\\" Lovelace","phone":"+12025550101"}\
        """);

    deliveries
        .withBody(
            delivery(
                """
                {"id": 7, "client_phone_number": "+12025550101",
                 "variables": {"name": "Ada \\"Q\\" Lovelace"}}
                """))
        .request();

    partner.assertIsSatisfied();
    assertThat(partner.getReceivedExchanges()).hasSize(1);
  }
}
