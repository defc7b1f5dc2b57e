package io.leadroutes.cli;

import io.leadroutes.log.Causes;
import io.leadroutes.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.apache.camel.dsl.yaml.common.exception.InvalidEndpointException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Camel's exceptions about edited routes as sentences with file, line and remedy. They quote what
 * the file says, never an address or another value that a key of the settings stands for: it may be
 * a secret.
 */
final class RouteMistakes {

  private static final Pattern STEP = Pattern.compile("(?s)at: >>> (.*) <<< in route: ");
  private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]");
  private static final Pattern NAME = Pattern.compile("(?:^|, )(\\w[\\w.-]*)=");

  /** What might be an address, a query or a secret. */
  private static final Pattern NOT_QUOTED = Pattern.compile("(?s)://|[?=@]|%\\d|\\R|Bearer|.{200}");

  /** As Camel says: Unknown node id: sendTo. */
  private static final Pattern WORD = Pattern.compile("^(\\D+): ([\\w.-]{1,60})$");

  private static final Pattern ID =
      Pattern.compile("(?m)^-\\s*route:\\s*\\R\\s+id:\\s*['\"]?([\\w.-]+)");

  private final RouteFiles files;
  private final Settings settings;

  RouteMistakes(RouteFiles files, Settings settings) {
    this.files = files;
    this.settings = settings;
  }

  /**
   * What is wrong with the files of {@code ./routes}, after Camel could not load all of them; each
   * is loaded by itself, because Camel stops at the first mistake.
   */
  List<String> ofFiles(Throwable failure) {
    List<String> sentences = new ArrayList<>();
    for (String name : files.own()) {
      try (DefaultCamelContext alone = new DefaultCamelContext()) {
        if (files.text(name).contains("templatedRoute")) {
          continue; // its template stands in another file, and RouteTemplates has looked at it
        }
        PluginHelper.getRoutesLoader(alone)
            .loadRoutes(ResourceHelper.resolveResource(alone, files.location(name)));
      } catch (Exception e) {
        sentences.add(ofFile(name, e));
      }
    }
    if (sentences.isEmpty()) {
      addTakenIds(sentences);
    }
    if (sentences.isEmpty()) {
      sentences.add(
          "The routes cannot be loaded ("
              + reason(failure)
              + "): correct the last edit in ./routes.");
    }
    return sentences;
  }

  private void addTakenIds(List<String> sentences) {
    Map<String, String> places = new HashMap<>();
    for (String name : files.names()) {
      String text = files.text(name);
      for (Matcher id = ID.matcher(text); id.find(); ) {
        int line = (int) text.substring(0, id.start(1)).lines().count();
        String place = files.place(name, line);
        String taken = places.putIfAbsent(id.group(1), place);
        if (taken != null) {
          sentences.add(
              place
                  + ": the id '"
                  + id.group(1)
                  + "' is taken by "
                  + taken
                  + ": write one route per file, with the name of its file.");
        }
      }
    }
  }

  private String ofFile(String name, Exception failure) {
    for (Throwable cause : Causes.of(failure).toList()) {
      if (cause instanceof MarkedYamlEngineException marked) {
        return files.place(name, line(name, marked)) + ": " + problem(marked) + ".";
      }
    }
    return files.place(name, 0) + " cannot be loaded (" + reason(failure) + "): correct it.";
  }

  /** A word that does not belong where it is stands below what it was found in. */
  private int line(String name, MarkedYamlEngineException marked) {
    int from = marked.getProblemMark().map(mark -> mark.getLine()).orElse(-1);
    Matcher word = WORD.matcher(problemOf(marked));
    if (from >= 0 && word.find()) {
      List<String> lines = files.text(name).lines().toList();
      Pattern key = Pattern.compile("(?<![\\w.-])" + Pattern.quote(word.group(2)) + "['\"]?\\s*:");
      for (int i = from; i < lines.size(); i++) {
        if (key.matcher(lines.get(i)).find()) {
          return i + 1;
        }
      }
    }
    return from + 1;
  }

  private static String problemOf(MarkedYamlEngineException marked) {
    return Optional.ofNullable(marked.getProblem()).orElse("").strip();
  }

  private String problem(MarkedYamlEngineException marked) {
    String problem = problemOf(marked);
    if (marked instanceof InvalidEndpointException) {
      return "some options stand behind the ? of an address and others under 'parameters': write"
          + " all of them under 'parameters'";
    }
    Matcher word = WORD.matcher(problem);
    if (word.find()) {
      String what = word.group(1);
      String name = "'" + word.group(2) + "'";
      if (what.startsWith("Unknown node id")) {
        return name + " is not a step of a route: correct its name, or its indentation";
      } else if (what.startsWith("Unsupported field")) {
        return name + " does not belong there: correct its name, or its indentation";
      } else if (what.startsWith("Unknown expression")) {
        return name + " is not a language: write simple, constant or another that Camel has";
      }
    }
    boolean ofYaml = marked.getClass().getPackageName().startsWith("org.snakeyaml");
    String quoted = quotable(problem) ? " (" + problem.replaceAll("\\.$", "") + ")" : "";
    return ofYaml
        ? "this is not YAML" + quoted + ": correct its indentation, quotes or brackets"
        : "this cannot be read as a route" + quoted + ": correct it";
  }

  /** What is wrong where Camel could not make or start a route; null where it is something else. */
  String ofStart(ModelCamelContext context, Throwable failure) {
    String id = null;
    String step = null;
    for (Throwable cause : Causes.of(failure).toList()) {
      if (cause instanceof FailedToCreateRouteException made) {
        id = made.getRouteId();
        Matcher at = STEP.matcher(String.valueOf(made.getMessage()));
        step = at.find() ? at.group(1) : null;
      } else if (cause instanceof FailedToStartRouteException started && id == null) {
        id = started.getRouteId();
      }
    }
    RouteDefinition route = id == null ? null : context.getRouteDefinition(id);
    if (route == null) {
      return null;
    }
    ProcessorDefinition<?> culprit = culprit(context, route, step, failure);
    return place(route, culprit == null ? route : culprit) + ": " + wrong(failure) + ".";
  }

  /** The step whose address was refused, else the step of the route that holds it. */
  private static ProcessorDefinition<?> culprit(
      ModelCamelContext context, RouteDefinition route, String step, Throwable failure) {
    for (Throwable cause : Causes.of(failure).toList()) {
      if (cause instanceof ResolveEndpointFailedException refused) {
        for (ProcessorDefinition<?> sending : steps(route)) {
          if (sending instanceof EndpointRequiredDefinition to
              && Stream.of(to.getEndpointUri(), resolved(context, to.getEndpointUri()))
                  .anyMatch(uri -> plain(uri).equals(plain(refused.getUri())))) {
            return sending;
          }
        }
      }
    }
    return route.getOutputs().stream()
        .filter(output -> output.toString().equals(step))
        .findFirst()
        .orElse(null);
  }

  private static String plain(String uri) {
    return String.valueOf(uri).replaceFirst("://", ":");
  }

  private static String resolved(ModelCamelContext context, String uri) {
    try {
      return context.resolvePropertyPlaceholders(uri);
    } catch (RuntimeException e) {
      return uri;
    }
  }

  @SuppressWarnings("rawtypes")
  static List<ProcessorDefinition<?>> steps(RouteDefinition route) {
    List<ProcessorDefinition<?>> steps = new ArrayList<>();
    for (ProcessorDefinition step :
        ProcessorDefinitionHelper.filterTypeInOutputs(
            route.getOutputs(), ProcessorDefinition.class)) {
      steps.add(step);
    }
    return steps;
  }

  /** Where a step stands, and its id if somebody gave it one. */
  String place(RouteDefinition route, OptionalIdentifiedDefinition<?> step) {
    if (Boolean.TRUE.equals(route.isTemplate())) {
      return files.place(files.name(route), 0);
    }
    // Camel counts from 0, and has none for some steps.
    int line = step.getLineNumber() > 0 ? step.getLineNumber() : route.getLineNumber();
    String file = files.name(route);
    String place = file == null ? "the route " + route.getRouteId() : files.place(file, line + 1);
    return step.hasCustomIdAssigned() && step != route
        ? place + ": the step " + step.getId()
        : place;
  }

  /** What is wrong and what to do, by the class of the exception. */
  private String wrong(Throwable failure) {
    List<Throwable> causes = Causes.of(failure).toList();
    for (int i = causes.size() - 1; i >= 0; i--) {
      Throwable cause = causes.get(i);
      if (cause instanceof NoSuchBeanException bean) {
        return "the bean '" + bean.getName() + "' does not exist: correct its name";
      } else if (cause instanceof MethodNotFoundException method) {
        return "the bean has no method '" + method.getMethodName() + "': correct its name";
      } else if (cause instanceof NoSuchLanguageException language) {
        return noLanguage(language.getLanguage());
      } else if (cause instanceof PropertyBindingException binding) {
        return "the option '" + binding.getPropertyName() + "' cannot have this value: correct it";
      }
    }
    for (Throwable cause : causes) {
      if (cause instanceof ResolveEndpointFailedException refused) {
        return "the address cannot be used"
            + unknownOptions(refused).orElse(": correct it, or the keys it is made of");
      }
    }
    return "Camel refuses it (" + reason(failure) + "): correct it";
  }

  static String noLanguage(String name) {
    return "the language '"
        + name
        + "' is not part of this program: write simple, or put Camel's library for it into ./lib";
  }

  /** Names alone: the values may be anything. */
  private static Optional<String> unknownOptions(ResolveEndpointFailedException refused) {
    Matcher options = UNKNOWN_OPTIONS.matcher(String.valueOf(refused.getMessage()));
    if (!options.find()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    for (Matcher name = NAME.matcher(options.group(1)); name.find(); ) {
      names.add("'" + name.group(1) + "'");
    }
    return Optional.of(
        ": its component has no option " + String.join(", ", names) + ": correct the name");
  }

  /** Camel's own words where they cannot be an address or a value, else the class alone. */
  private String reason(Throwable failure) {
    List<Throwable> causes = Causes.of(failure).toList();
    Throwable root = causes.get(causes.size() - 1);
    String message = String.valueOf(root.getMessage()).strip();
    return root.getMessage() != null && quotable(message)
        ? message.replaceAll("\\.$", "")
        : root.getClass().getSimpleName();
  }

  private boolean quotable(String text) {
    return !text.isEmpty()
        && !NOT_QUOTED.matcher(text).find()
        && settings.asProperties().values().stream()
            .map(String::valueOf)
            .noneMatch(value -> value.length() > 5 && text.contains(value));
  }
}
