package io.leadroutes.cli;

import io.leadroutes.judge.Verdict;
import io.leadroutes.lead.Delivery;
import io.leadroutes.log.Causes;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Expression;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.ValidateDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

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
  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):.*");

  /** The jar's routes that only another one of the jar's sends to. */
  private static final Map<String, String> PARTS =
      Map.of(
          "edit-slack", "deliver-slack",
          "look-up-slack", "deliver-slack",
          "read-history-page", "deliver-slack");

  private final ModelCamelContext context;
  private final RouteFiles files;
  private final RouteMistakes words;
  private final List<String> notes = new ArrayList<>();

  /** One for each place: what comes later may follow from it. */
  private final Map<String, String> mistakes = new LinkedHashMap<>();

  RouteChecks(ModelCamelContext context, RouteFiles files, Settings settings) {
    this.context = context;
    this.files = files;
    this.words = new RouteMistakes(files, settings);
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
      checkAddress(route, route, uri(route));
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
                + " holds no route: begin it with '- route:', as those of the jar do.");
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
                  + "', one route a file");
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
          if (!parameters.contains(key.group(1)) && resolved(key.group()) == null) {
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

  /** The text with what its keys stand for, or null when one is not declared. */
  private String resolved(String text) {
    try {
      return context.resolvePropertyPlaceholders(text);
    } catch (RuntimeException e) {
      return null;
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
    return from(route).startsWith(LEADS);
  }

  private static String sink(RouteDefinition route) {
    return from(route).substring(LEADS.length());
  }

  private static String from(RouteDefinition route) {
    return base(uri(route));
  }

  private static String uri(RouteDefinition route) {
    return RouteTemplates.filled(route, route.getInput().getEndpointUri());
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
          && addresses(step).anyMatch(uri -> uri.startsWith("salesforce:"))) {
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
    addresses(step).forEach(uri -> checkAddress(route, step, RouteTemplates.filled(route, uri)));
    if (step instanceof SetHeaderDefinition header && OTHER_ADDRESS.equals(header.getName())) {
      refuse(
          route,
          step,
          "no request obeys the header "
              + OTHER_ADDRESS
              + ": write the address into the uri of a toD, made of settings alone");
    }
    if (step instanceof BeanDefinition bean) {
      checkBean(route, step, bean.getRef(), bean.getMethod());
    } else if (step instanceof ExpressionNode node && node.getExpression() != null) {
      checkExpression(route, step, node.getExpression());
    } else if (step instanceof ChoiceDefinition choice) {
      for (WhenDefinition when : choice.getWhenClauses()) {
        if (when.getExpression() != null) {
          checkExpression(route, when, when.getExpression());
        }
      }
    } else if (step instanceof LogDefinition log && log.getMessage() != null) {
      compile(route, step, log.getMessage(), false);
    }
  }

  /** Where a step sends to, as far as it is written out. */
  private static Stream<String> addresses(ProcessorDefinition<?> step) {
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

  private void checkAddress(RouteDefinition route, ProcessorDefinition<?> step, String uri) {
    String resolved = uri.startsWith("${") ? null : resolved(uri);
    if (resolved == null) {
      return;
    }
    String base = base(resolved);
    if (step != route && base.startsWith(DIRECT) && !base.contains("${")) {
      boolean there = context.getRouteDefinitions().stream().anyMatch(r -> from(r).equals(base));
      if (!there) {
        String name = uri.startsWith(DIRECT) ? base : "a direct: address";
        refuse(
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
      refuse(
          route,
          step,
          "there is no component '"
              + written.group(1)
              + "': correct how the address begins, as https:, or put Camel's library for it into"
              + " ./lib");
    } else {
      refuse(
          route,
          step,
          "the address does not begin with the name of a component, as https: correct "
              + (keys.isEmpty() ? "it" : String.join(", ", keys)));
    }
  }

  private void checkBean(
      RouteDefinition route, OptionalIdentifiedDefinition<?> step, String ref, String method) {
    if (ref == null || ref.contains("{{") || ref.contains(":")) {
      return;
    }
    Object bean = context.getRegistry().lookupByName(ref.replaceFirst("^#", ""));
    if (bean == null) {
      refuse(route, step, "the bean '" + ref + "' does not exist: correct its name");
    } else if (method != null
        && method.matches("\\w+")
        && !(bean instanceof Class<?>)
        && Arrays.stream(bean.getClass().getMethods()).noneMatch(m -> m.getName().equals(method))) {
      refuse(
          route, step, "the bean '" + ref + "' has no method '" + method + "': correct its name");
    }
  }

  private void checkExpression(
      RouteDefinition route,
      OptionalIdentifiedDefinition<?> step,
      ExpressionDefinition expression) {
    String language = expression.getLanguage();
    if (expression instanceof MethodCallExpression call) {
      checkBean(route, step, call.getRef(), call.getMethod());
      return;
    }
    if (language == null || language.contains("{{")) {
      return;
    }
    try {
      context.resolveLanguage(language);
    } catch (RuntimeException e) {
      refuse(route, step, RouteMistakes.noLanguage(language));
      return;
    }
    if (language.equals("lead-json")) {
      compileJson(route, step, RouteTemplates.filled(route, expression.getExpression()));
    } else if (language.equals("simple") && expression.getExpression() != null) {
      boolean predicate =
          step instanceof WhenDefinition
              || step instanceof FilterDefinition
              || step instanceof ValidateDefinition;
      compile(route, step, expression.getExpression(), predicate);
    }
  }

  private void compile(
      RouteDefinition route, OptionalIdentifiedDefinition<?> step, String text, boolean predicate) {
    String resolved = resolved(RouteTemplates.filled(route, text));
    if (resolved == null || !fails(resolved, predicate)) {
      return;
    }
    refuse(
        route,
        step,
        "the Simple expression cannot be read"
            + reason(text.replaceAll("\\{\\{.*?}}", "x"), predicate)
            + ": correct it");
  }

  private void compileJson(
      RouteDefinition route, OptionalIdentifiedDefinition<?> step, String document) {
    String resolved = resolved(document);
    if (resolved == null) {
      return;
    }
    try {
      context.resolveLanguage("lead-json").createExpression(resolved);
    } catch (RuntimeException e) {
      String line =
          Causes.of(e)
              .filter(MarkedYamlEngineException.class::isInstance)
              .flatMap(cause -> ((MarkedYamlEngineException) cause).getProblemMark().stream())
              .map(mark -> " (its line " + (mark.getLine() + 1) + ")")
              .findFirst()
              .orElse("");
      refuse(
          route,
          step,
          "what is sent cannot be read"
              + line
              + ": write names with values, in YAML or JSON, and"
              + " Simple as ${body.lead.name} in the values");
    }
  }

  private boolean fails(String text, boolean predicate) {
    return problem(text, predicate) != null;
  }

  private RuntimeException problem(String text, boolean predicate) {
    try {
      var simple = context.resolveLanguage("simple");
      if (predicate) {
        simple.createPredicate(text.strip()).init(context);
      } else {
        Expression expression = simple.createExpression(text.strip());
        expression.init(context);
      }
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /** Of the text as the file has it, so that nothing is quoted that a key stands for. */
  private String reason(String text, boolean predicate) {
    RuntimeException problem = problem(text, predicate);
    String words =
        problem == null ? "" : String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
    Matcher function = Pattern.compile("Unknown function: ([\\w.]{1,60})").matcher(words);
    if (words.contains("functionEnd")) {
      return " (a ${ has no closing })";
    } else if (function.lookingAt()) {
      return " (${" + function.group(1) + "} does not exist; a lead is ${body.lead…})";
    }
    Matcher place = Pattern.compile("at location (\\d+)").matcher(words);
    return place.find() ? " (at its character " + (Integer.parseInt(place.group(1)) + 1) + ")" : "";
  }

  /** Where it is known what a route begins with: judge-call with a call, a sink with leads. */
  private void tryOnSample(Set<String> sinks, Delivery sample) {
    Verdict verdict = Verdict.accepted(sample.lead(), List.copyOf(sinks));
    for (RouteDefinition route : context.getRouteDefinitions()) {
      boolean judges = from(route).equals(DIRECT + "judge-call");
      if (!files.own().contains(String.valueOf(files.name(route))) || !judges && !isLeads(route)) {
        continue;
      }
      Object body = judges ? sample.lead().call() : batches(route) ? List.of(sample) : sample;
      new SampleRun(context, route, verdict, (step, what) -> refuse(route, step, what)).of(body);
    }
  }

  private boolean batches(RouteDefinition route) {
    Matcher size =
        Pattern.compile("[?&]batchSize=([^&]*)").matcher(String.valueOf(resolved(uri(route))));
    return size.find() && !size.group(1).equals("1");
  }

  /** An endpoint without its options, in one form. */
  private static String base(String uri) {
    return uri.replaceFirst("(?s)\\?.*$", "").replaceFirst("://", ":");
  }
}
