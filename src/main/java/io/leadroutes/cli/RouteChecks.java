package io.leadroutes.cli;

import io.leadroutes.settings.SettingsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.WireTapDefinition;

/**
 * What can be wrong with edited routes and would otherwise show at the first call only, or never.
 */
final class RouteChecks {

  private static final String LEADS = "leads:";
  private static final String DIRECT = "direct:";

  private final ModelCamelContext context;
  private final List<String> notes = new ArrayList<>();

  RouteChecks(ModelCamelContext context) {
    this.context = context;
  }

  /**
   * Checks all routes before they start, and takes out those whose sink is not used.
   *
   * @param sinks of all accounts
   * @return what the operator should know
   * @throws SettingsException for the first thing that is wrong
   */
  List<String> run(Set<String> sinks) {
    leaveOut(
        route -> isLeads(route) && !sinks.contains(sink(route)),
        route -> "'" + sink(route) + "' is not in lead.sinks");
    Set<String> reached = reached();
    leaveOut(
        route -> from(route).startsWith(DIRECT) && !reached.contains(from(route)),
        route -> "no other route sends to it");
    Set<String> served = new HashSet<>();
    for (RouteDefinition route : context.getRouteDefinitions()) {
      checkNames(route);
      if (isLeads(route)) {
        served.add(sink(route));
        refuseBlindSteps(route);
        refuseOneOrgForAll(route);
      }
    }
    for (String sink : sinks) {
      if (!served.contains(sink)) {
        throw new SettingsException(
            "lead.sinks names '"
                + sink
                + "', but no route starts with leads:"
                + sink
                + ": add routes/deliver-"
                + sink
                + ".camel.yaml, or correct lead.sinks.");
      }
    }
    return notes;
  }

  private void leaveOut(
      Predicate<RouteDefinition> unused, Function<RouteDefinition, String> reason) {
    List<RouteDefinition> routes = context.getRouteDefinitions().stream().filter(unused).toList();
    routes.forEach(
        route ->
            notes.add(
                "Route " + route.getRouteId() + " is not started: " + reason.apply(route) + "."));
    try {
      context.removeRouteDefinitions(routes);
    } catch (Exception e) {
      throw new IllegalStateException("Routes that are not used could not be left out.", e);
    }
  }

  /** The direct: names that a chain of routes leads to, from one that starts by itself. */
  private Set<String> reached() {
    Set<String> reached = new HashSet<>();
    Deque<RouteDefinition> open = new ArrayDeque<>();
    for (RouteDefinition route : context.getRouteDefinitions()) {
      if (!from(route).startsWith(DIRECT)) {
        open.add(route);
      }
    }
    while (!open.isEmpty()) {
      for (ToDefinition to : steps(open.remove(), ToDefinition.class)) {
        String uri = base(to.getEndpointUri());
        if (uri.startsWith(DIRECT) && reached.add(uri)) {
          context.getRouteDefinitions().stream()
              .filter(route -> from(route).equals(uri))
              .forEach(open::add);
        }
      }
    }
    return reached;
  }

  private static boolean isLeads(RouteDefinition route) {
    return from(route).startsWith(LEADS);
  }

  private static String sink(RouteDefinition route) {
    return from(route).substring(LEADS.length());
  }

  private static String from(RouteDefinition route) {
    return base(route.getInput().getEndpointUri());
  }

  /** A delivery would count as done before it is. */
  private static void refuseBlindSteps(RouteDefinition route) {
    if (!steps(route, AggregateDefinition.class).isEmpty()) {
      throw new SettingsException(
          "Route "
              + route.getRouteId()
              + " aggregates deliveries, which would count as done before they are sent: use the"
              + " batchSize of leads: instead.");
    }
    if (!steps(route, WireTapDefinition.class).isEmpty()) {
      throw new SettingsException(
          "Route "
              + route.getRouteId()
              + " has a wireTap, whose failures nobody would see: send with 'to' instead.");
    }
  }

  /** Where an account has an org of its own, its leads must not go to the general one. */
  private void refuseOneOrgForAll(RouteDefinition route) {
    boolean several =
        context.getComponentNames().stream().anyMatch(name -> name.startsWith("salesforce-"));
    if (several
        && sink(route).equals("salesforce")
        && steps(route, ToDefinition.class).stream()
            .anyMatch(to -> to.getEndpointUri().startsWith("salesforce:"))) {
      throw new SettingsException(
          "Route "
              + route.getRouteId()
              + " sends the leads of all accounts to one Salesforce org, but an account has its own:"
              + " use toD with ${variable.batch.component} instead of salesforce, as the jar's route"
              + " does.");
    }
  }

  private void checkNames(RouteDefinition route) {
    Set<String> directs =
        context.getRouteDefinitions().stream().map(RouteChecks::from).collect(Collectors.toSet());
    for (ToDefinition to : steps(route, ToDefinition.class)) {
      String uri = base(to.getEndpointUri());
      if (uri.startsWith(DIRECT) && !directs.contains(uri)) {
        throw new SettingsException(
            "Route "
                + route.getRouteId()
                + " sends to "
                + uri
                + ", but no route starts with it: correct the name, or add that route.");
      }
    }
    for (BeanDefinition bean : steps(route, BeanDefinition.class)) {
      String ref = bean.getRef();
      if (ref != null && context.getRegistry().lookupByName(ref) == null) {
        throw new SettingsException(
            "Route "
                + route.getRouteId()
                + " calls the bean '"
                + ref
                + "', which does not exist: correct its name.");
      }
    }
  }

  private static <T extends ProcessorDefinition<?>> Collection<T> steps(
      RouteDefinition route, Class<T> type) {
    return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type);
  }

  /** An endpoint without its options, in one form. */
  private static String base(String uri) {
    return uri.replaceFirst("\\?.*$", "").replace("://", ":");
  }
}
