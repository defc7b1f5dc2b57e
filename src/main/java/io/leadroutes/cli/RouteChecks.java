package io.leadroutes.cli;

import io.leadroutes.judge.Verdict;
import io.leadroutes.lead.Delivery;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.WireTapDefinition;

/**
 * What can be wrong with edited routes and would otherwise show as Camel's stack trace, at the
 * first lead only, or never. Sentences name file, line and remedy, and quote what the file says,
 * never what a {@code {{key}}} in it stands for.
 */
final class RouteChecks {

  private static final String LEADS = "leads:";
  private static final String DIRECT = "direct:";
  private static final String OTHER_ADDRESS = "CamelHttpUri";
  private static final Pattern KEY = Pattern.compile("\\{\\{([\\w.-]+)}}");

  /** The jar's routes that only another one of the jar's sends to. */
  private static final Map<String, String> PARTS =
      Map.of(
          "edit-slack", "deliver-slack",
          "look-up-slack", "deliver-slack",
          "read-history-page", "deliver-slack");

  private final ModelCamelContext context;
  private final RouteFiles files;
  private final RouteMistakes words;
  private final RouteAddresses addresses;
  private final RouteExpressions expressions;
  private final List<String> notes = new ArrayList<>();

  /** One for each place: what comes later may follow from it. */
  private final Map<String, String> mistakes = new LinkedHashMap<>();

  /** Says what is wrong with a step. */
  @FunctionalInterface
  interface Refusal {
    void refuse(RouteDefinition route, OptionalIdentifiedDefinition<?> step, String what);
  }

  RouteChecks(ModelCamelContext context, RouteFiles files, Settings settings) {
    this.context = context;
    this.files = files;
    this.words = new RouteMistakes(files, settings);
    this.addresses = new RouteAddresses(context, this::refuse);
    this.expressions = new RouteExpressions(context, this::refuse);
  }

  /**
   * Checks all routes before they start, and takes out those whose sink is not used.
   *
   * @param sinks of all accounts
   * @param sample that expressions are tried on
   * @return what the operator should know
   * @throws SettingsException with everything that is wrong
   */
  List<String> run(Set<String> sinks, Delivery sample) {
    checkFiles();
    checkKeys();
    Set<String> left =
        leaveOut(
            route -> isLeads(route) && !sinks.contains(sink(route)),
            route -> "'" + sink(route) + "' is not in lead.sinks");
    leaveOut(
        route -> left.contains(PARTS.getOrDefault(route.getRouteId(), "")),
        route -> "it is a part of " + PARTS.get(route.getRouteId()));
    Set<String> served = new HashSet<>();
    for (RouteDefinition route : context.getRouteDefinitions()) {
      addresses.checkStart(route);
      words.steps(route).forEach(step -> check(route, step));
      if (isLeads(route)) {
        served.add(sink(route));
        refuseBlindSteps(route);
        refuseOneOrgForAll(route);
      }
    }
    tryOnSample(sinks, sample);
    for (String sink : sinks) {
      if (!served.contains(sink) && mistakes.isEmpty()) {
        mistakes.put(
            sink,
            "lead.sinks names '"
                + sink
                + "', but no route starts with leads:"
                + sink
                + ": add routes/deliver-"
                + sink
                + ".camel.yaml, put the jar that has it into ./lib, or correct lead.sinks.");
      }
    }
    if (!mistakes.isEmpty()) {
      throw new SettingsException(mistakes.values());
    }
    return notes;
  }

  private void refuse(RouteDefinition route, OptionalIdentifiedDefinition<?> step, String what) {
    String place = words.place(route, step);
    mistakes.putIfAbsent(place, place + ": " + what + ".");
  }

  /** One file, one route, one name: so that whoever reads the log finds the file. */
  private void checkFiles() {
    Map<String, List<RouteDefinition>> byFile =
        context.getRouteDefinitions().stream()
            .filter(route -> files.name(route) != null)
            .collect(Collectors.groupingBy(files::name));
    for (String file : files.own()) {
      String id = file.replaceFirst("\\.camel\\.yaml$", "");
      List<RouteDefinition> routes = byFile.getOrDefault(file, List.of());
      if (routes.isEmpty()
          && !files.text(file).contains("routeConfiguration")
          && !files.text(file).contains("routeTemplate")) {
        mistakes.put(
            file,
            files.place(file, 0)
                + " holds no route: begin it with '- route:', as the jar's routes do.");
      }
      for (RouteDefinition route : routes) {
        if (!id.equals(route.getRouteId()) || !route.hasCustomIdAssigned()) {
          refuse(
              route,
              route,
              (route.hasCustomIdAssigned()
                      ? "the route's id is '" + route.getRouteId() + "'"
                      : "the route has no id")
                  + ", which must be the name of its file: write 'id: "
                  + id
                  + "', one route per file");
        }
      }
    }
  }

  /** All keys that nobody declared, by the lines of the files. */
  private void checkKeys() {
    for (String file : files.own()) {
      List<String> parameters = RouteTemplates.parameters(files, file);
      List<String> lines = files.text(file).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).stripLeading().startsWith("#")) {
          continue;
        }
        for (Matcher key = KEY.matcher(lines.get(i)); key.find(); ) {
          if (!parameters.contains(key.group(1)) && addresses.resolved(key.group()) == null) {
            String place = files.place(file, i + 1);
            mistakes.putIfAbsent(
                place,
                place
                    + ": "
                    + key.group()
                    + " is not declared: write the line "
                    + key.group(1)
                    + "=… into application.properties, or correct the name.");
          }
        }
      }
    }
  }

  private Set<String> leaveOut(
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
    return routes.stream().map(RouteDefinition::getRouteId).collect(Collectors.toSet());
  }

  private static boolean isLeads(RouteDefinition route) {
    return RouteAddresses.from(route).startsWith(LEADS);
  }

  private static String sink(RouteDefinition route) {
    return RouteAddresses.from(route).substring(LEADS.length());
  }

  /** A delivery would count as done before it is. */
  private void refuseBlindSteps(RouteDefinition route) {
    for (ProcessorDefinition<?> step : words.steps(route)) {
      if (step instanceof AggregateDefinition) {
        refuse(
            route,
            step,
            "the route aggregates deliveries, which would count as done before they are sent: use"
                + " the batchSize of leads: instead");
      } else if (step instanceof WireTapDefinition) {
        refuse(route, step, "a wireTap's failures would be seen by nobody: send with 'to' instead");
      }
    }
  }

  /** Where an account has an org of its own, its leads must not go to the general one. */
  private void refuseOneOrgForAll(RouteDefinition route) {
    boolean several =
        context.getComponentNames().stream().anyMatch(name -> name.startsWith("salesforce-"));
    for (ProcessorDefinition<?> step : words.steps(route)) {
      if (several
          && sink(route).equals("salesforce")
          && RouteAddresses.of(step).anyMatch(uri -> uri.startsWith("salesforce:"))) {
        refuse(
            route,
            step,
            "the leads of all accounts go to one Salesforce org, but an account has its own: use"
                + " toD with ${variable.batch.component} instead of salesforce, as the jar's route"
                + " does");
      }
    }
  }

  private void check(RouteDefinition route, ProcessorDefinition<?> step) {
    addresses.check(route, step);
    if (step instanceof SetHeaderDefinition header && OTHER_ADDRESS.equals(header.getName())
        || step instanceof SetHeadersDefinition all
            && all.getHeaders().stream().anyMatch(one -> OTHER_ADDRESS.equals(one.getName()))) {
      refuse(
          route,
          step,
          "no request obeys the header "
              + OTHER_ADDRESS
              + ": write the address into the uri of a toD, made of settings alone");
    }
    expressions.check(route, step);
  }

  /** Where it is known what a route begins with: judge-call with a call, a sink with leads. */
  private void tryOnSample(Set<String> sinks, Delivery sample) {
    Verdict verdict = Verdict.accepted(sample.lead(), List.copyOf(sinks));
    for (RouteDefinition route : context.getRouteDefinitions()) {
      boolean judges = RouteAddresses.from(route).equals(DIRECT + "judge-call");
      if (!files.own().contains(String.valueOf(files.name(route))) || !judges && !isLeads(route)) {
        continue;
      }
      Object body = judges ? sample.lead().call() : batches(route) ? List.of(sample) : sample;
      new SampleRun(context, route, verdict, (step, what) -> refuse(route, step, what)).of(body);
    }
  }

  private boolean batches(RouteDefinition route) {
    Matcher size =
        Pattern.compile("[?&]batchSize=([^&]*)")
            .matcher(String.valueOf(addresses.resolved(RouteAddresses.start(route))));
    return size.find() && !size.group(1).equals("1");
  }
}
