package io.leadroutes.cli;

import io.leadroutes.log.Causes;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Expression;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ValidateDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The beans, languages and expressions of steps: whether they are there and can be read. */
final class RouteExpressions {

  private final ModelCamelContext context;
  private final RouteChecks.Refusal mistakes;

  RouteExpressions(ModelCamelContext context, RouteChecks.Refusal mistakes) {
    this.context = context;
    this.mistakes = mistakes;
  }

  /** Checks a step. */
  void check(RouteDefinition route, ProcessorDefinition<?> step) {
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

  private void checkBean(
      RouteDefinition route, OptionalIdentifiedDefinition<?> step, String ref, String method) {
    if (ref == null || ref.contains("{{") || ref.contains(":")) {
      return;
    }
    Object bean = context.getRegistry().lookupByName(ref.replaceFirst("^#", ""));
    if (bean == null) {
      mistakes.refuse(route, step, "the bean '" + ref + "' does not exist: correct its name");
    } else if (method != null
        && method.matches("\\w+")
        && !(bean instanceof Class<?>)
        && Arrays.stream(bean.getClass().getMethods()).noneMatch(m -> m.getName().equals(method))) {
      mistakes.refuse(
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
      mistakes.refuse(route, step, RouteMistakes.noLanguage(language));
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
    mistakes.refuse(
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
      mistakes.refuse(
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

  /** The text with what its keys stand for, or null when one is not declared. */
  private String resolved(String text) {
    try {
      return context.resolvePropertyPlaceholders(text);
    } catch (RuntimeException e) {
      return null;
    }
  }
}
