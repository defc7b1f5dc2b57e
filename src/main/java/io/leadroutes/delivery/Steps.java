package io.leadroutes.delivery;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Follows an attempt to deliver from step to step, in the sink's route and in those it calls, so
 * that a failure can be told by its step, and what failed before anything was sent from what may
 * have arrived.
 */
public final class Steps implements InterceptStrategy {

  /** What a step is for an attempt. */
  enum Kind {
    /** {@code to}, {@code toD} and the like: the lead leaves. */
    SENDS,
    /** {@code enrich}, {@code pollEnrich}, {@code poll}, and {@code to} by GET: nothing arrives. */
    ASKS,
    /** A bean or a processor: nobody can tell what it does. */
    CODE,
    /** Works on the message, or calls another route whose steps count for themselves. */
    WORKS
  }

  private static final Set<String> ASKING = Set.of("enrich", "pollEnrich", "poll");
  private static final Set<String> SENDING =
      Set.of("to", "toD", "recipientList", "routingSlip", "dynamicRouter", "wireTap", "kamelet");
  private static final Set<String> CODING = Set.of("bean", "process", "script", "customizer");
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  /** Endpoints inside the process that deliver nothing by themselves. */
  private static final Set<String> INSIDE =
      Set.of(
          "direct",
          "log",
          "language",
          "dataformat",
          "controlbus",
          "validator",
          "json-validator",
          "xslt",
          "xslt-saxon",
          "xj",
          "jslt",
          "jolt",
          "jsonata",
          "json-patch",
          "mustache",
          "velocity",
          "freemarker",
          "string-template",
          "mvel",
          "chunk",
          "msv",
          "schematron");

  private static final Set<String> INSIDE_CODE = Set.of("bean", "class");

  private static final Pattern METHOD = Pattern.compile("[?&]httpMethod=([A-Za-z]+)");

  private static final String TRAIL = "LeadRoutesTrail";

  /**
   * A step as a sentence names it.
   *
   * @param name its id, or what it is and where it stands
   */
  record Step(String name, Kind kind) {}

  /** What an attempt has done so far; the copies that a route makes of its exchange share it. */
  static final class Trail {

    private volatile Step sent;
    private volatile boolean maySend;
    private volatile Throwable failure;
    private volatile Step failed;

    /** The step that sent the lead without a failure, or null. */
    Step sent() {
      return sent;
    }

    /** Whether a step was made that may have delivered the lead. */
    boolean maySend() {
      return maySend;
    }

    /** The step that failed so, or null where that is not known. */
    Step failedWith(Throwable thrown) {
      return failure == thrown ? failed : null;
    }

    private void done(Step step, Throwable thrown) {
      if (thrown != null) {
        // The innermost comes first.
        if (failure != thrown) {
          failure = thrown;
          failed = step;
        }
      } else if (step.kind == Kind.SENDS) {
        sent = step;
        maySend = true;
      } else if (step.kind == Kind.CODE) {
        maySend = true;
      }
    }
  }

  /** Has the routes of a Camel followed, before they are loaded. */
  public static void in(CamelContext context) {
    context.getCamelContextExtension().addInterceptStrategy(new Steps());
  }

  /** Begins to follow an exchange, where that was asked for. */
  static void follow(Exchange exchange) {
    if (exchange.getContext().getCamelContextExtension().getInterceptStrategies().stream()
        .anyMatch(Steps.class::isInstance)) {
      exchange.setProperty(TRAIL, new Trail());
    }
  }

  /** What an exchange has done; null where it was not followed. */
  static Trail of(Exchange exchange) {
    return exchange.getProperty(TRAIL, Trail.class);
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode node, Processor target, Processor next) {
    String name = context.resolvePropertyPlaceholders(name(node));
    String uri = context.resolvePropertyPlaceholders(uri(node));
    Kind kind = kind(node.getShortName(), scheme(uri));
    Matcher stated = METHOD.matcher(uri);
    String own = stated.find() ? stated.group(1).toUpperCase(Locale.ROOT) : null;
    boolean http = scheme(uri).startsWith("http");
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        Trail trail = of(exchange);
        if (trail == null) {
          return super.process(exchange, callback);
        }
        // Before the step, because its answer takes the place of what says how it is made.
        boolean asks = kind == Kind.SENDS && asks(own, http, exchange);
        Step step = new Step(name, asks ? Kind.ASKS : kind);
        return super.process(
            exchange,
            doneSync -> {
              trail.done(step, exchange.getException());
              callback.done(doneSync);
            });
      }
    };
  }

  private static Kind kind(String what, String scheme) {
    if (ASKING.contains(what)) {
      return Kind.ASKS;
    }
    if (CODING.contains(what) || SENDING.contains(what) && INSIDE_CODE.contains(scheme)) {
      return Kind.CODE;
    }
    return SENDING.contains(what) && !INSIDE.contains(scheme) ? Kind.SENDS : Kind.WORKS;
  }

  /** Whether a request only reads; where that is not certain it counts as sending. */
  private static boolean asks(String own, boolean http, Exchange exchange) {
    String header = exchange.getMessage().getHeader(Exchange.HTTP_METHOD, String.class);
    if (own == null && header == null) {
      return http && exchange.getMessage().getBody() == null;
    }
    return (own == null || READING.contains(own))
        && (header == null || READING.contains(header.toUpperCase(Locale.ROOT)));
  }

  private static String scheme(String uri) {
    int colon = uri.indexOf(':');
    return colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
  }

  private static String uri(NamedNode node) {
    String uri =
        node instanceof ToDynamicDefinition dynamic
            ? dynamic.getUri()
            : node instanceof EndpointRequiredDefinition endpoint
                ? endpoint.getEndpointUri()
                : null;
    return uri == null ? "" : uri;
  }

  private static String name(NamedNode node) {
    if (node instanceof OptionalIdentifiedDefinition<?> step && step.hasCustomIdAssigned()) {
      return step.getId();
    }
    if (node.getLocation() == null || node.getLineNumber() <= 0) {
      return node.getId() == null ? node.getShortName() : node.getId();
    }
    String file = node.getLocation().replaceFirst(".*[/:\\\\]", "");
    return node.getShortName() + " in line " + node.getLineNumber() + " of " + file;
  }
}
