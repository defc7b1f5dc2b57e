package io.leadroutes.poll;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** What the routes that read calls name: the same for the service and for a preview. */
public final class ReadingBeans {

  /** Beside the readers themselves. Measured: four for one round beat two, more gain nothing. */
  private static final int MAX_FETCHERS = 3;

  /** For all accounts: a round that waits for anything but an answer holds none of them. */
  private static final int MAX_READERS = 16;

  private static final long IDLE_SECONDS = 10;
  private static final int POLL_MILLIS = 200;

  private ReadingBeans() {}

  /**
   * Binds them.
   *
   * @param passes what says which pages are read, {@link Passes} or a {@link Reading}
   * @param recorder where pages go
   */
  public static void bind(CamelContext context, Object passes, PageRecorder recorder) {
    // While Camel starts, the consumer sleeps for as long as it polls: a second by default.
    context.getComponent("seda", SedaComponent.class).setDefaultPollTimeout(POLL_MILLIS);
    Registry beans = context.getRegistry();
    beans.bind("passes", passes);
    beans.bind("pages", new Pages());
    beans.bind("recorder", recorder);
    beans.bind("verdicts", new VerdictsInOrder());
    beans.bind("pageResults", new GroupedBodyAggregationStrategy());
    beans.bind("pageReaders", pool(context, "read-pages", MAX_READERS, Turns.MAX_RELEASED));
    // No queue: where all of them are busy a reader fetches by itself, so that a slow account
    // holds nobody.
    beans.bind("pageFetchers", pool(context, "fetch-page", MAX_FETCHERS, 0));
  }

  /** Threads that end when there is nothing to be read. */
  private static ExecutorService pool(CamelContext context, String name, int threads, int queue) {
    ThreadPoolProfile profile =
        new ThreadPoolProfileBuilder(name)
            .poolSize(threads)
            .maxPoolSize(threads)
            .maxQueueSize(queue)
            .keepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS)
            .allowCoreThreadTimeOut(true)
            .rejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns)
            .build();
    return context.getExecutorServiceManager().newThreadPool(context, name, profile);
  }
}
