package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.Look;
import io.leadroutes.ledger.PageChanges;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Counts what the present rule makes of calls, and keeps none of them. Values of evaluation
 * variables are people's data as soon as they are free text, so only short ones are shown and of
 * each variable only so many.
 */
public final class Tally extends PageRecorder {

  /** Stands for values that are not shown one by one. */
  public static final String OTHERS = "(other texts)";

  private static final int MAX_VARIABLES = 100;
  private static final int MAX_VALUES = 20;
  private static final int MAX_VALUE = 40;

  private final Look.Span span;
  private final Consumer<Verdict> listener;
  private final SeenIds seen = new SeenIds();
  private final Map<String, Integer> rejected = new TreeMap<>();
  private final Map<String, Map<String, Integer>> variables = new TreeMap<>();
  private int calls;
  private int leads;
  private int failed;

  /**
   * @param span creation times of the calls that count
   * @param listener told each verdict, once a call
   */
  public Tally(Look.Span span, Consumer<Verdict> listener) {
    this.span = span;
    this.listener = listener;
  }

  /** All calls of a page that count and were not counted yet, to be judged as if they were new. */
  @Override
  synchronized PageChanges compare(FetchedPage fetched, PassScope scope) {
    CallPage page = fetched.page();
    Set<Long> onPage = new HashSet<>();
    List<Call> judged =
        page.calls().stream()
            .filter(call -> span.holds(call) && !seen.contains(call.id()))
            .filter(call -> onPage.add(call.id()))
            .map(call -> call.settles() ? call.settle() : call)
            .toList();
    onPage.forEach(seen::add);
    return new PageChanges(
        scope.source().account(), page, 0, scope.look(), List.of(), judged, Map.of());
  }

  @Override
  synchronized Recorded record(PageChanges changes, List<Verdict> verdicts) {
    for (Verdict verdict : verdicts) {
      calls++;
      if (verdict.error() != null) {
        failed++;
      } else if (verdict.qualified()) {
        leads++;
      } else {
        rejected.merge(verdict.rejectedBy(), 1, Integer::sum);
      }
      count(verdict.call().evaluation());
      listener.accept(verdict);
    }
    return Recorded.NOTHING;
  }

  private void count(Evaluation evaluation) {
    // As they are written, so that a name can be copied into the settings.
    Map<String, String> texts = new TreeMap<>();
    evaluation
        .values()
        .forEach(
            (name, value) ->
                Evaluation.textOf(value)
                    .ifPresent(text -> texts.putIfAbsent(Evaluation.fold(name), text)));
    texts.forEach(
        (name, text) -> {
          if (variables.containsKey(name)
              || (variables.size() < MAX_VARIABLES && name.length() <= MAX_VALUE)) {
            Map<String, Integer> values = variables.computeIfAbsent(name, n -> new TreeMap<>());
            boolean shown =
                text.length() <= MAX_VALUE
                    && (values.containsKey(text) || values.size() < MAX_VALUES);
            values.merge(shown ? text : OTHERS, 1, Integer::sum);
          }
        });
  }

  public synchronized int calls() {
    return calls;
  }

  public synchronized int leads() {
    return leads;
  }

  /** Calls whose judging failed. */
  public synchronized int failed() {
    return failed;
  }

  /** How many calls each filter rejected. */
  public synchronized Map<String, Integer> rejected() {
    return new TreeMap<>(rejected);
  }

  /** The values of each evaluation variable, folded names, with their counts. */
  public synchronized Map<String, Map<String, Integer>> variables() {
    Map<String, Map<String, Integer>> copy = new TreeMap<>();
    variables.forEach((name, values) -> copy.put(name, new TreeMap<>(values)));
    return copy;
  }
}
