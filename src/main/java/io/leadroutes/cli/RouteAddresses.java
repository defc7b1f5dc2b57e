package io.leadroutes.cli;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ExpressionDefinition;

/** Where routes start and their steps send to: whether the components and routes are there. */
final class RouteAddresses {

  private static final String DIRECT = "direct:";
  private static final Pattern KEY = Pattern.compile("\\{\\{([\\w.-]+)}}");
  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):.*");

  private final ModelCamelContext context;
  private final RouteChecks.Refusal mistakes;

  RouteAddresses(ModelCamelContext context, RouteChecks.Refusal mistakes) {
    this.context = context;
    this.mistakes = mistakes;
  }

  /** Checks what a route starts with. */
  void checkStart(RouteDefinition route) {
    check(route, route, start(route));
  }

  /** Checks what a step sends to. */
  void check(RouteDefinition route, ProcessorDefinition<?> step) {
    of(step).forEach(uri -> check(route, step, RouteTemplates.filled(route, uri)));
  }

  /** Where a step sends to, as far as it is written out. */
  static Stream<String> of(ProcessorDefinition<?> step) {
    if (step instanceof EndpointRequiredDefinition to) {
      return Stream.of(to.getEndpointUri());
    } else if (step instanceof ToDynamicDefinition to) {
      return Stream.ofNullable(to.getUri());
    } else if ((step instanceof EnrichDefinition
            || step instanceof PollEnrichDefinition
            || step instanceof RecipientListDefinition
            || step instanceof RoutingSlipDefinition)
        && ((ExpressionNode) step).getExpression() != null
        && Set.of("constant", "simple").contains(text(step).getLanguage())) {
      return Arrays.stream(String.valueOf(text(step).getExpression()).split(","))
          .map(String::strip);
    }
    return Stream.of();
  }

  private static ExpressionDefinition text(ProcessorDefinition<?> step) {
    return ((ExpressionNode) step).getExpression();
  }

  private void check(RouteDefinition route, ProcessorDefinition<?> step, String uri) {
    String resolved = uri.startsWith("${") ? null : resolved(uri);
    if (resolved == null) {
      return;
    }
    String base = base(resolved);
    if (step != route && base.startsWith(DIRECT) && !base.contains("${")) {
      boolean there = context.getRouteDefinitions().stream().anyMatch(r -> from(r).equals(base));
      if (!there) {
        String name = uri.startsWith(DIRECT) ? base : "a direct: address";
        mistakes.refuse(
            route,
            step,
            "it sends to "
                + name
                + ", but no route starts with it: correct the name, or add that route");
      }
      return;
    }
    Matcher scheme = SCHEME.matcher(resolved);
    if (scheme.matches() && context.getComponent(scheme.group(1)) != null) {
      return;
    }
    Matcher written = SCHEME.matcher(uri);
    Set<String> keys = new LinkedHashSet<>();
    for (Matcher key = KEY.matcher(uri); key.find(); ) {
      keys.add(key.group(1));
    }
    if (written.matches()) {
      mistakes.refuse(
          route,
          step,
          "there is no component '"
              + written.group(1)
              + "': correct how the address begins, as https:, or put Camel's library for it into"
              + " ./lib");
    } else {
      mistakes.refuse(
          route,
          step,
          "the address does not begin with the name of a component, as https: correct "
              + (keys.isEmpty() ? "it" : String.join(", ", keys)));
    }
  }

  /** What a route starts with, without options. */
  static String from(RouteDefinition route) {
    return base(start(route));
  }

  /** What a route starts with. */
  static String start(RouteDefinition route) {
    return RouteTemplates.filled(route, route.getInput().getEndpointUri());
  }

  /** The text with what its keys stand for, or null when one is not declared. */
  String resolved(String text) {
    try {
      return context.resolvePropertyPlaceholders(text);
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** An endpoint without its options, in one form. */
  private static String base(String uri) {
    return uri.replaceFirst("(?s)\\?.*$", "").replaceFirst("://", ":");
  }
}
