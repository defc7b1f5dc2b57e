package io.leadroutes.cli;

import io.leadroutes.judge.Verdict;
import io.leadroutes.log.Causes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.FinallyDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.PipelineDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RemoveHeaderDefinition;
import org.apache.camel.model.RemoveHeadersDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetBodyDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.TransformDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.support.DefaultExchange;

/**
 * Tries the Simple expressions of a route on a sample, step by step, for as long as it is certain
 * what the body would be: nothing is sent, and no bean is called. What it finds would fail for each
 * lead, as a property that a lead does not have.
 */
final class SampleRun {

  private static final int DEEPEST = 10;
  private static final Set<String> TRIED = Set.of("simple", "lead-json");

  /** The body is not known any more. */
  private static final Object UNKNOWN = new Object();

  private final ModelCamelContext context;
  private final RouteDefinition route;
  private final Verdict verdict;
  private final BiConsumer<OptionalIdentifiedDefinition<?>, String> mistakes;

  /**
   * @param route that is tried
   * @param verdict what the bean {@code judge} makes of the sample
   * @param mistakes gets the step and what is wrong with it
   */
  SampleRun(
      ModelCamelContext context,
      RouteDefinition route,
      Verdict verdict,
      BiConsumer<OptionalIdentifiedDefinition<?>, String> mistakes) {
    this.context = context;
    this.route = route;
    this.verdict = verdict;
    this.mistakes = mistakes;
  }

  /** Tries the route with this body. */
  void of(Object body) {
    Exchange exchange = new DefaultExchange(context);
    all(route.getOutputs(), exchange, body, 0);
  }

  /** The body after these steps. */
  private Object all(
      Collection<? extends ProcessorDefinition<?>> steps,
      Exchange exchange,
      Object body,
      int deep) {
    Object now = body;
    for (ProcessorDefinition<?> step : steps) {
      now = one(step, exchange, now, deep);
    }
    return now;
  }

  private Object one(ProcessorDefinition<?> step, Exchange exchange, Object body, int deep) {
    if (body == UNKNOWN || deep > DEEPEST) {
      return UNKNOWN;
    }
    exchange.getMessage().setBody(body);
    if (step instanceof ChoiceDefinition choice) {
      return choice(choice, exchange, body, deep);
    } else if (step instanceof SplitDefinition split) {
      Object parts = value(step, split.getExpression(), exchange);
      boolean list = parts instanceof List<?> many && !many.isEmpty();
      all(split.getOutputs(), exchange, list ? ((List<?>) parts).get(0) : UNKNOWN, deep);
      return split.getAggregationStrategy() == null ? body : UNKNOWN;
    } else if (step instanceof SetBodyDefinition || step instanceof TransformDefinition) {
      return value(step, ((ExpressionNode) step).getExpression(), exchange);
    } else if (step instanceof SetVariableDefinition variable) {
      set(exchange.getVariables(), variable.getName(), step, variable.getExpression(), exchange);
      return body;
    } else if (step instanceof SetHeaderDefinition header) {
      set(
          exchange.getMessage().getHeaders(),
          header.getName(),
          step,
          header.getExpression(),
          exchange);
      return body;
    } else if (step instanceof SetPropertyDefinition property) {
      value(step, property.getExpression(), exchange);
      return body;
    } else if (step instanceof FilterDefinition || step instanceof LoopDefinition) {
      value(step, ((ExpressionNode) step).getExpression(), exchange);
      return same(body, all(step.getOutputs(), exchange, body, deep));
    } else if (step instanceof LogDefinition log) {
      value(step, "simple", log.getMessage(), exchange);
      return body;
    } else if (step instanceof RemoveHeadersDefinition || step instanceof RemoveHeaderDefinition) {
      return body;
    } else if (step instanceof PipelineDefinition) {
      return all(step.getOutputs(), exchange, body, deep);
    } else if (step instanceof TryDefinition) {
      return all(
          step.getOutputs().stream()
              .filter(o -> !(o instanceof CatchDefinition || o instanceof FinallyDefinition))
              .toList(),
          exchange,
          body,
          deep);
    } else if (step instanceof BeanDefinition bean && "judge".equals(bean.getRef())) {
      return verdict;
    } else if (step instanceof ToDefinition to && to.getEndpointUri().startsWith("direct:")) {
      return context.getRouteDefinitions().stream()
          .filter(other -> other.getInput().getEndpointUri().equals(to.getEndpointUri()))
          .findFirst()
          .map(other -> all(other.getOutputs(), exchange, body, deep + 1))
          .orElse(UNKNOWN);
    }
    return UNKNOWN;
  }

  private Object choice(ChoiceDefinition choice, Exchange exchange, Object body, int deep) {
    Object after = body;
    for (WhenDefinition when : choice.getWhenClauses()) {
      exchange.getMessage().setBody(body);
      value(when, when.getExpression(), exchange);
      after = same(after, all(when.getOutputs(), exchange, body, deep));
    }
    return choice.getOtherwise() == null
        ? after
        : same(after, all(choice.getOtherwise().getOutputs(), exchange, body, deep));
  }

  /** The body where ways come together: the first of them if the other is of its kind. */
  private static Object same(Object body, Object other) {
    return body != null && other != null && body.getClass() == other.getClass() ? body : UNKNOWN;
  }

  private void set(
      Map<String, Object> values,
      String name,
      OptionalIdentifiedDefinition<?> step,
      ExpressionDefinition expression,
      Exchange exchange) {
    Object value = value(step, expression, exchange);
    if (name != null && value != null && value != UNKNOWN) {
      values.put(name, value);
    }
  }

  private Object value(
      OptionalIdentifiedDefinition<?> step, ExpressionDefinition expression, Exchange exchange) {
    return expression != null && TRIED.contains(String.valueOf(expression.getLanguage()))
        ? value(step, expression.getLanguage(), expression.getExpression(), exchange)
        : UNKNOWN;
  }

  /** Null for a value that is not there, unknown for what cannot be tried. */
  private Object value(
      OptionalIdentifiedDefinition<?> step, String language, String text, Exchange exchange) {
    // A bean may do anything, and knows nothing of a sample.
    if (text == null || text.contains("${bean") || text.contains("${ref")) {
      return UNKNOWN;
    }
    try {
      Expression expression =
          context
              .resolveLanguage(language)
              .createExpression(
                  context.resolvePropertyPlaceholders(RouteTemplates.filled(route, text).strip()));
      expression.init(context);
      return expression.evaluate(exchange, Object.class);
    } catch (RuntimeException e) {
      Causes.of(e).forEach(cause -> name(step, cause));
      return UNKNOWN;
    }
  }

  private void name(OptionalIdentifiedDefinition<?> step, Throwable cause) {
    if (cause instanceof MethodNotFoundException missing
        && missing.getBean() != null
        && missing.getBean().getClass().getName().startsWith("io.leadroutes.")) {
      mistakes.accept(
          step,
          "a "
              + missing.getBean().getClass().getSimpleName()
              + " has no '"
              + missing.getMethodName()
              + "': correct the name in the expression");
    } else if (cause instanceof IllegalArgumentException
        && cause.getStackTrace().length > 0
        && cause.getStackTrace()[0].getClassName().equals(Verdict.class.getName())) {
      mistakes.accept(
          step, "a sink is named that is not in lead.sinks: correct the name, or add the sink");
    }
  }
}
