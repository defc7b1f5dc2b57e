package com.example.leads;

import io.leadroutes.delivery.Sink;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import io.leadroutes.settings.Key;
import io.leadroutes.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** Posts each lead as JSON to a partner, signed with a key that both know. */
public final class PartnerSink implements Sink {

  private static final Key URL =
      Key.of(Key.Kind.URL, "partner.url", "", "Where the partner takes leads.")
          .remedy("write the address that takes leads");
  private static final Key SIGNING_KEY =
      Key.of(Key.Kind.TEXT, "partner.signing-key", "", "Signs each lead.")
          .asSecret()
          .remedy("write the key the partner gave you");

  @Override
  public String name() {
    return "partner";
  }

  @Override
  public List<Key> keys() {
    return List.of(URL, SIGNING_KEY);
  }

  @Override
  public void bind(CamelContext context, Settings settings) throws Exception {
    String url = settings.url(URL);
    String key = settings.required(SIGNING_KEY);
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
