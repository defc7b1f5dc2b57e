package io.leadroutes.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.http.Proxies.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {

  private static final String PROXY = "http://proxy.example:3128";

  private static Proxies environment(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Proxies.of(variables::get, new Properties());
  }

  private static Proxies java(String... namesAndValues) {
    Properties system = new Properties();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      system.setProperty(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Proxies.of(name -> name.equals("HTTPS_PROXY") ? "http://other:1" : null, system);
  }

  private static Proxy https(Proxies proxies, String host) {
    return proxies.proxy("https", host, 443);
  }

  @Test
  void without_a_word_no_request_goes_through_one() {
    assertThat(environment().isEmpty()).isTrue();
    assertThat(environment("HTTPS_PROXY", " ", "NO_PROXY", "*").isEmpty()).isTrue();
    assertThat(https(environment(), "slack.com")).isNull();
  }

  @Test
  void each_scheme_has_its_own() {
    Proxies proxies = environment("HTTPS_PROXY", PROXY, "http_proxy", "plain.example:8080");

    assertThat(https(proxies, "slack.com")).hasToString("proxy.example:3128");
    assertThat(proxies.proxy("http", "slack.com", 80)).hasToString("plain.example:8080");
    assertThat(environment("HTTPS_PROXY", PROXY).proxy("http", "slack.com", 80)).isNull();
  }

  @Test
  void a_user_and_a_password_are_read_and_not_printed() {
    Proxy proxy = https(environment("https_proxy", "http://me:p%40ss%3A1@proxy.example"), "a.b");

    assertThat(proxy).isEqualTo(new Proxy("proxy.example", 80, "me", "p@ss:1"));
    assertThat(proxy.toString()).doesNotContain("p@ss", "me");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"})
  void this_machine_is_asked_without_one(String host) {
    assertThat(https(environment("HTTPS_PROXY", PROXY), host)).isNull();
    assertThat(https(java("https.proxyHost", "p"), host)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, example.com, true",
    "example.com, hooks.example.com, true",
    "example.com, badexample.com, false",
    "example.com, example.com.evil.org, false",
    ".example.com, hooks.example.com, true",
    ".example.com, example.com, true",
    "*.example.com, hooks.example.com, true",
    "EXAMPLE.com, Hooks.Example.COM, true",
    "*, anything.org, true",
    "10.0.0.0/8, 10.1.2.3, true",
    "10.0.0.0/8, 11.1.2.3, false",
    "192.168.4.0/22, 192.168.7.9, true",
    "192.168.4.0/22, 192.168.8.9, false",
    "10.0.0.0/8, ten.example.com, false",
    "192.168.1.5, 192.168.1.5, true",
    "example.com:443, example.com, true",
    "example.com:8443, example.com, false",
    "'other.org, example.com', example.com, true",
    "'other.org example.com', example.com, true",
    "'::1,fe80::1', fe80::1, true",
    "e.ample.com, example.com, false",
    "nonsense/99, 10.0.0.1, false",
  })
  void no_proxy_names_hosts_domains_and_networks(String said, String host, boolean without) {
    Proxies proxies = environment("HTTPS_PROXY", PROXY, "NO_PROXY", said);

    assertThat(https(proxies, host) == null).isEqualTo(without);
  }

  @Test
  void small_letters_come_first() {
    Proxies proxies =
        environment("HTTPS_PROXY", "http://b:1", "https_proxy", "http://a:1", "no_proxy", "x.org");

    assertThat(https(proxies, "slack.com")).hasToString("a:1");
    assertThat(https(proxies, "x.org")).isNull();
  }

  @Test
  void what_java_was_told_wins() {
    Proxies proxies =
        java(
            "https.proxyHost", "p.example",
            "https.proxyPort", "3128",
            "http.nonProxyHosts", "*.internal|10.*|exact.example");

    assertThat(https(proxies, "slack.com")).hasToString("p.example:3128");
    assertThat(https(proxies, "crm.internal")).isNull();
    assertThat(https(proxies, "10.4.5.6")).isNull();
    assertThat(https(proxies, "sub.exact.example")).isNotNull();
    assertThat(https(java("https.proxyHost", "p"), "a.b")).hasToString("p:443");
  }

  @Test
  void this_machine_is_asked_through_one_when_somebody_says_so() {
    assertThat(https(java("https.proxyHost", "p", "http.nonProxyHosts", ""), "localhost"))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://me:secret@p:1", "https://p:1", "http://", "me:secret@:1", "a b", "p:x"})
  void an_address_that_is_none_is_a_mistake_and_not_quoted(String said) {
    assertThatThrownBy(() -> environment("HTTPS_PROXY", said))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("HTTPS_PROXY is not the address of an HTTP proxy")
        .hasMessageNotContaining("secret");
  }
}
