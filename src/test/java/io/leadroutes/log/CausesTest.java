package io.leadroutes.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class CausesTest {

  @Test
  void a_chain_of_causes_has_an_end_though_it_is_a_circle() {
    Exception one = new Exception("one");
    Exception two = new Exception("two", one);
    one.initCause(two);

    assertThat(Causes.of(two)).containsExactly(two, one);
    assertThat(Causes.root(two)).isSameAs(one);
    assertThat(Causes.of(null)).isEmpty();
    assertThat(Causes.root(one)).isSameAs(two);
  }
}
