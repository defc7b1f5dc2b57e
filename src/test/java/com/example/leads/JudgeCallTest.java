package com.example.leads;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.judge.Judge;
import io.leadroutes.judge.Verdict;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.BindToRegistry;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.Produce;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.test.main.junit5.CamelMainTest;
import org.apache.camel.test.main.junit5.Configure;
import org.junit.jupiter.api.Test;

/** The rule in the folder's judge-call, one call at a time. */
@CamelMainTest
class JudgeCallTest {

  /** The folder that the service is started from. */
  private static final Path FOLDER = Path.of("src/test/resources/leads");

  @BindToRegistry("judge")
  private final Judge judge = new Judge(Settings.load(FOLDER, Map.of(), new Properties()), "");

  @Produce("direct:judge-call")
  private FluentProducerTemplate judgeCall;

  @Configure
  void load(MainConfigurationProperties main) {
    main.withRoutesIncludePattern("file:" + FOLDER.resolve("routes/judge-call.camel.yaml"));
  }

  /** What becomes of a qualified call with these fields, written as ClickSpeak writes them. */
  private Verdict judge(String fields) {
    String call =
        """
        {"id": 7, "status": "completed", "evaluation": {"outcome": "qualified_lead"}, %s}
        """
            .formatted(fields);
    return judgeCall
        .withBody(new CallPageReader("default", ZoneOffset.UTC).readCall(call))
        .request(Verdict.class);
  }

  @Test
  void a_call_from_here_is_a_lead_for_every_sink() {
    Verdict verdict = judge("\"client_phone_number\": \"+12025550101\"");

    assertThat(verdict.qualified()).isTrue();
    assertThat(verdict.sinks()).containsExactly("salesforce", "slack", "file", "partner");
  }

  @Test
  void a_call_from_abroad_is_no_lead() {
    Verdict verdict = judge("\"client_phone_number\": \"+493023125000\"");

    assertThat(verdict.rejectedBy()).isEqualTo("abroad");
  }

  @Test
  void leads_of_the_newsletter_go_to_the_file_only() {
    Verdict verdict =
        judge("\"client_phone_number\": \"+12025550101\", \"campaign_name\": \"Newsletter\"");

    assertThat(verdict.sinks()).containsExactly("file");
  }
}
