package com.example.leads;

import io.leadroutes.delivery.Sink;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import io.leadroutes.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** Posts each lead as JSON to a partner, signed with a key that both know. */
public final class PartnerSink implements Sink {

  @Override
  public String name() {
    return "partner";
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("partner.url", "", "partner.signing-key", "");
  }

  @Override
  public void bind(CamelContext context, Settings settings) throws Exception {
    String url = settings.url("partner.url", "write the address that takes leads");
    String key = settings.required("partner.signing-key", "write the key the partner gave you");
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("leads:partner?concurrentConsumers=2")
                .routeId("deliver-partner")
                .description("Posts each lead as signed JSON to the partner.")
                .process(exchange -> sign(exchange, key))
                .to(url + "?httpMethod=POST")
                .id("post-to-partner");
          }
        });
  }

  private static void sign(Exchange exchange, String key) throws Exception {
    Delivery delivery = exchange.getMessage().getBody(Delivery.class);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    LeadJson.write(json, delivery, Instant.now());
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    exchange.getMessage().setHeader("Content-Type", "application/json");
    exchange
        .getMessage()
        .setHeader("X-Signature", HexFormat.of().formatHex(mac.doFinal(json.toByteArray())));
    exchange.getMessage().setBody(json.toByteArray());
  }
}
