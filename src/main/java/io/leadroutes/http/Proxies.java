package io.leadroutes.http;

import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Through which proxy a request goes, if any: as Java's system properties say ({@code
 * https.proxyHost}, {@code https.proxyPort}, {@code http.nonProxyHosts} …), else as the environment
 * says ({@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code NO_PROXY}, or in small letters). This
 * machine is asked without one, unless {@code http.nonProxyHosts} is set and leaves it out.
 */
public final class Proxies {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|.+\\.localhost|127(\\.\\d{1,3}){3}|\\[?::1]?|\\[?0(:0){6}:1]?");

  /**
   * A proxy that speaks HTTP.
   *
   * @param user null where it asks for none
   * @param password a secret
   */
  public record Proxy(String host, int port, String user, String password) {

    /** Prints the address only. */
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  private final Proxy https;
  private final Proxy http;
  private final List<Except> excepted;
  private final boolean loopback;

  private Proxies(Proxy https, Proxy http, List<Except> excepted, boolean loopback) {
    this.https = https;
    this.http = http;
    this.excepted = excepted;
    this.loopback = loopback;
  }

  /** No proxy at all. */
  public static Proxies none() {
    return new Proxies(null, null, List.of(), false);
  }

  /**
   * Reads what the machine says.
   *
   * @param environment a variable's value by its name, null where there is none
   * @throws IllegalArgumentException for an address that is none; its message is a sentence for the
   *     operator
   */
  public static Proxies of(UnaryOperator<String> environment, Properties system) {
    String java = system.getProperty("http.nonProxyHosts");
    List<Except> excepted = new ArrayList<>();
    if (java != null) {
      Stream.of(java.split("\\|")).map(Except::java).forEach(excepted::add);
    } else {
      String said = first(environment, "no_proxy", "NO_PROXY");
      Stream.of((said == null ? "" : said).split("[,\\s]+"))
          .filter(name -> !name.isEmpty())
          .map(Except::environment)
          .forEach(excepted::add);
    }
    return new Proxies(
        proxy("https", environment, system),
        proxy("http", environment, system),
        List.copyOf(excepted),
        java != null);
  }

  private static Proxy proxy(String scheme, UnaryOperator<String> environment, Properties system) {
    String host = system.getProperty(scheme + ".proxyHost");
    if (host != null && !host.isBlank()) {
      String port = system.getProperty(scheme + ".proxyPort");
      String otherwise = scheme.equals("https") ? "443" : "80";
      return address(scheme + ".proxyHost", host + ":" + (port == null ? otherwise : port));
    }
    String name = scheme.toUpperCase(Locale.ROOT) + "_PROXY";
    String said = first(environment, name.toLowerCase(Locale.ROOT), name);
    return said == null ? null : address(name, said);
  }

  private static String first(UnaryOperator<String> environment, String... names) {
    return Stream.of(names)
        .map(environment)
        .filter(value -> value != null && !value.isBlank())
        .map(String::strip)
        .findFirst()
        .orElse(null);
  }

  private static Proxy address(String name, String said) {
    try {
      URI uri = new URI(said.contains("://") ? said : "http://" + said);
      boolean plain = uri.getScheme().equalsIgnoreCase("http");
      if (!plain || uri.getHost() == null || uri.getPort() > 65535) {
        throw mistake(name);
      }
      // Raw, because a password may hold an escaped colon.
      String[] login = uri.getRawUserInfo() == null ? null : uri.getRawUserInfo().split(":", 2);
      return new Proxy(
          uri.getHost(),
          uri.getPort() < 0 ? 80 : uri.getPort(),
          login == null ? null : decoded(login[0]),
          login == null ? null : decoded(login.length > 1 ? login[1] : ""));
    } catch (URISyntaxException e) {
      throw mistake(name);
    }
  }

  private static String decoded(String raw) throws URISyntaxException {
    return raw.isEmpty() ? "" : new URI("http://" + raw + "@h").getUserInfo();
  }

  /** Without the value, which may hold a password. */
  private static IllegalArgumentException mistake(String name) {
    return new IllegalArgumentException(
        name + " is not the address of an HTTP proxy: write http://proxy.example.com:3128.");
  }

  /** Whether no request goes through one. */
  public boolean isEmpty() {
    return https == null && http == null;
  }

  /**
   * The proxy for a host, or null for none.
   *
   * @param port as it is connected to
   */
  public Proxy proxy(String scheme, String host, int port) {
    Proxy proxy = scheme.equalsIgnoreCase("https") ? https : http;
    if (proxy == null) {
      return null;
    }
    String name = host.toLowerCase(Locale.ROOT);
    boolean here = !loopback && LOOPBACK.matcher(name).matches();
    return here || excepted.stream().anyMatch(except -> except.holds(name, port)) ? null : proxy;
  }

  /** Hosts that are asked without a proxy. */
  private record Except(Predicate<String> host, int port) {

    /** {@code *} stands for any characters, at the beginning or the end. */
    static Except java(String written) {
      return new Except(like(glob(written.strip().toLowerCase(Locale.ROOT))), -1);
    }

    /** A name stands for itself and all names below it; a port may follow. */
    static Except environment(String written) {
      String name = written.toLowerCase(Locale.ROOT);
      int port = -1;
      int colon = name.lastIndexOf(':');
      boolean bracketed = name.startsWith("[");
      if (colon > 0
          && (bracketed ? name.charAt(colon - 1) == ']' : name.indexOf(':') == colon)
          && name.substring(colon + 1).matches("\\d{1,5}")) {
        port = Integer.parseInt(name.substring(colon + 1));
        name = name.substring(0, colon);
      }
      if (name.contains("/")) {
        return new Except(network(name), port);
      }
      String stem = name.replaceFirst("^\\*?\\.", "");
      if (stem.equals("*")) {
        return new Except(every -> true, port);
      }
      return new Except(like("(.+\\.)?" + glob(stem)), port);
    }

    private static Predicate<String> like(String pattern) {
      return Pattern.compile(pattern).asMatchPredicate();
    }

    private static String glob(String written) {
      return Stream.of(written.split("\\*", -1)).map(Pattern::quote).collect(joining(".*"));
    }

    /** A network such as 10.0.0.0/8. */
    private static Predicate<String> network(String written) {
      String[] parts = written.split("/", 2);
      Long address = ipv4(parts[0]);
      if (address == null || !parts[1].matches("\\d|[12]\\d|3[0-2]")) {
        return nobody -> false;
      }
      int free = 32 - Integer.parseInt(parts[1]);
      return host -> {
        Long asked = ipv4(host);
        return asked != null && asked >> free == address >> free;
      };
    }

    private static Long ipv4(String written) {
      if (!written.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
        return null;
      }
      return Stream.of(written.split("\\.")).map(Long::valueOf).reduce(0L, (a, b) -> a << 8 | b);
    }

    boolean holds(String name, int askedPort) {
      return (port < 0 || port == askedPort) && host.test(name);
    }
  }

  /** The same for the client of Camel's http component. */
  HttpRoutePlanner routes() {
    return new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE) {
      @Override
      protected HttpHost determineProxy(HttpHost target, HttpContext context) {
        int port = DefaultSchemePortResolver.INSTANCE.resolve(target);
        Proxy proxy = proxy(target.getSchemeName(), target.getHostName(), port);
        return proxy == null ? null : new HttpHost("http", proxy.host(), proxy.port());
      }
    };
  }

  /** Adds the proxies' own credentials to those of a request. */
  void authenticate(HttpClientContext context) {
    if (hasLogin(https) || hasLogin(http)) {
      CredentialsProvider others = context.getCredentialsProvider();
      context.setCredentialsProvider(
          (scope, during) -> {
            Credentials own = credentials(scope);
            return own != null || others == null ? own : others.getCredentials(scope, during);
          });
    }
  }

  private Credentials credentials(AuthScope scope) {
    return Stream.of(https, http)
        .filter(Proxies::hasLogin)
        .filter(p -> p.host().equalsIgnoreCase(scope.getHost()) && p.port() == scope.getPort())
        .findFirst()
        .map(p -> new UsernamePasswordCredentials(p.user(), p.password().toCharArray()))
        .orElse(null);
  }

  private static boolean hasLogin(Proxy proxy) {
    return proxy != null && proxy.user() != null;
  }
}
