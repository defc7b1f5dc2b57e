package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.judge.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/**
 * Collects the verdicts of a page's calls. A call whose judging threw, or ended with something that
 * is no verdict, costs only itself.
 */
public final class VerdictsInOrder implements AggregationStrategy {

  private static final String CALL = "call";

  @Override
  public Exchange aggregate(Exchange before, Exchange judged) {
    List<Verdict> verdicts = before == null ? new ArrayList<>() : verdicts(before);
    verdicts.add(verdict(judged));
    Exchange carrier = before == null ? judged : before;
    carrier.setException(null);
    // A stop or a rollback in judge-call ends that call's judging, not the recording of its page.
    carrier.setRouteStop(false);
    carrier.setRollbackOnly(false);
    carrier.setRollbackOnlyLast(false);
    carrier.getMessage().setBody(verdicts);
    return carrier;
  }

  private static Verdict verdict(Exchange judged) {
    Object body = judged.getMessage().getBody();
    if (judged.getException() == null && body instanceof Verdict verdict) {
      return verdict;
    }
    Throwable failure =
        judged.getException() != null
            ? judged.getException()
            : new IllegalStateException("judge-call ended without a verdict");
    return Verdict.failed(judged.getVariable(CALL, Call.class), failure);
  }

  @SuppressWarnings("unchecked")
  private static List<Verdict> verdicts(Exchange before) {
    return before.getMessage().getBody(List.class);
  }
}
