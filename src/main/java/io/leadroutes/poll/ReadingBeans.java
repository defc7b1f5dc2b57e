package io.leadroutes.poll;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.ThreadPoolBuilder;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.apache.camel.spi.Registry;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** What the routes that read calls name: the same for the service and for a preview. */
public final class ReadingBeans {

  /** Beside the readers themselves. Measured: four for one round beat two, more gain nothing. */
  private static final int MAX_FETCHERS = 8;

  private static final int POLL_MILLIS = 200;

  private ReadingBeans() {}

  /**
   * Binds them.
   *
   * @param passes what says which pages are read, {@link Passes} or a {@link Reading}
   * @param recorder where pages go
   */
  public static void bind(CamelContext context, Object passes, PageRecorder recorder) {
    // While Camel starts, a reader sleeps for as long as it polls: a second by default.
    context.getComponent("seda", SedaComponent.class).setDefaultPollTimeout(POLL_MILLIS);
    Registry beans = context.getRegistry();
    beans.bind("passes", passes);
    beans.bind("pages", new Pages());
    beans.bind("recorder", recorder);
    beans.bind("verdicts", new VerdictsInOrder());
    beans.bind("pageResults", new GroupedBodyAggregationStrategy());
    try {
      beans.bind(
          "pageFetchers",
          new ThreadPoolBuilder(context)
              .poolSize(MAX_FETCHERS)
              .maxPoolSize(MAX_FETCHERS)
              // No queue: where all of them are busy a reader fetches by itself, so that a slow
              // account holds nobody.
              .maxQueueSize(0)
              .rejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns)
              .build("fetch-page"));
    } catch (Exception e) {
      throw new IllegalStateException("The threads that fetch pages could not be made.", e);
    }
  }
}
