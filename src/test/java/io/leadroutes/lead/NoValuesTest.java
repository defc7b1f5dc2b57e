package io.leadroutes.lead;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NoValuesTest {

  private static final String SIGNS = "aBz09 -_./\t\n\u000b?()'@+,:\u0001\u007f";

  @Test
  void a_text_of_ascii_is_folded_as_any_text_is() {
    Random random = new Random(1);
    for (int i = 0; i < 50_000; i++) {
      String text =
          random
              .ints(random.nextInt(12), 0, SIGNS.length())
              .mapToObj(at -> String.valueOf(SIGNS.charAt(at)))
              .collect(Collectors.joining());

      assertThat(NoValues.folded(text)).as(text).isEqualTo(NoValues.foldedAny(text));
    }
  }
}
