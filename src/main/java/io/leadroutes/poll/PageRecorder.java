package io.leadroutes.poll;

import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.PageChanges;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** What record-page calls: which calls of a page are to be judged, and where the verdicts go. */
public abstract class PageRecorder {

  /** One that keeps pages in the ledger. */
  public static PageRecorder into(Calls calls) {
    return new PageRecorder() {
      @Override
      PageChanges compare(FetchedPage fetched, PassScope scope) {
        return calls.compare(
            scope.source().account(),
            fetched.page(),
            fetched.request().permit().began(),
            scope.look(),
            scope.kind() == Kind.WIDE);
      }

      @Override
      Calls.Recorded record(PageChanges changes, List<Verdict> verdicts) {
        return calls.record(changes, verdicts);
      }
    };
  }

  /** What of a page is new or changed, and so to be judged. */
  public final PageChanges compare(@Body FetchedPage fetched) {
    return compare(fetched, fetched.request().scope());
  }

  /**
   * Records a page with the verdicts about its new and changed calls.
   *
   * @param judged the verdicts; anything else when there was nothing to judge
   */
  public final PageResult record(
      @Body Object judged,
      @Variable("page") FetchedPage fetched,
      @Variable("changes") PageChanges changes) {
    List<Verdict> verdicts =
        judged instanceof List<?> list
            ? list.stream().map(Verdict.class::cast).toList()
            : List.of();
    return PageResult.of(fetched, record(changes, verdicts));
  }

  abstract PageChanges compare(FetchedPage fetched, PassScope scope);

  abstract Calls.Recorded record(PageChanges changes, List<Verdict> verdicts);
}
