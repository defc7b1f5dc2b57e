package io.leadroutes.delivery;

import io.leadroutes.lead.Lead;
import io.leadroutes.lead.SampleLead;
import io.leadroutes.log.Causes;
import java.lang.reflect.Method;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.DefaultExchange;

/**
 * A setting that is a Simple expression over a lead: compiled once and tried on a sample, so that a
 * mistake shows at start. What it yields is data and is not evaluated again.
 */
public final class LeadExpression {

  private static final Pattern PROPERTY =
      Pattern.compile("\\$\\{body\\.([a-z][A-Za-z]*)(?:\\(\\))?}");

  private final CamelContext context;
  private final Value value;

  /** The exchange has the lead as its body, where it is not null. */
  @FunctionalInterface
  private interface Value {
    Object of(Lead lead, Exchange exchange);
  }

  /**
   * @param text Simple with the lead as its body, or a plain text
   * @throws IllegalArgumentException where that is no such expression
   */
  public LeadExpression(CamelContext context, String text) {
    this.context = context;
    try {
      value = value(text);
      of(SampleLead.lead());
    } catch (RuntimeException e) {
      refuseToGoOn(e);
      // Simple has several unrelated exceptions for a mistake in an expression.
      throw new IllegalArgumentException("This is no Simple expression over a lead.", e);
    }
  }

  /** What it yields of a lead, or null. */
  public Object of(Lead lead) {
    return of(lead, new DefaultExchange(context));
  }

  /**
   * The same where many leads are read by one thread.
   *
   * @param exchange that may serve for all of them
   */
  public Object of(Lead lead, Exchange exchange) {
    exchange.getMessage().setBody(lead);
    return value.of(lead, exchange);
  }

  /** Out of memory or a broken program is no mistake in an expression, however it is wrapped. */
  public static void refuseToGoOn(RuntimeException e) {
    Causes.of(e)
        .filter(Error.class::isInstance)
        .findFirst()
        .map(Error.class::cast)
        .ifPresent(
            error -> {
              throw error;
            });
  }

  /**
   * Nearly every one is a plain text or one property of the lead: read without the language they
   * cost a hundredth, and a batch has two hundred leads.
   */
  private Value value(String text) {
    if (text.indexOf('$') < 0 && text.indexOf('\\') < 0) {
      return (lead, exchange) -> text;
    }
    Matcher property = PROPERTY.matcher(text);
    if (property.matches()) {
      try {
        Method method = Lead.class.getMethod(property.group(1));
        return (lead, exchange) -> read(method, lead);
      } catch (NoSuchMethodException e) {
        // the language has other ways to find a property, or says what is wrong
      }
    }
    Expression expression = context.resolveLanguage("simple").createExpression(text);
    expression.init(context);
    return (lead, exchange) -> expression.evaluate(exchange, Object.class);
  }

  private static Object read(Method method, Lead lead) {
    try {
      return method.invoke(lead);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(method.getName() + " of a lead cannot be read.", e);
    }
  }
}
