package io.leadroutes.poll;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.ThreadPoolBuilder;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * The one route that is computed rather than written: how many pages there are is known only while
 * they are read.
 */
public final class WalkPages extends RouteBuilder {

  /** Beside the account's own thread. Measured: four in all beat two, more gain nothing. */
  private static final int FETCHERS = 3;

  private static final int WALKS = 3;

  /** With more accounts than this has room for they wait for each other. */
  private static final int MAX_WALKERS = 300;

  private static final int MAX_FETCHERS = 100;

  /** What {@code seda} holds by itself. */
  private static final int USUAL_QUEUE = 1000;

  private final int accounts;

  /**
   * @param accounts how many; up to a hundred each walks its pages in threads of its own
   */
  public WalkPages(int accounts) {
    this.accounts = accounts;
  }

  @Override
  public void configure() throws Exception {
    var fetchers =
        new ThreadPoolBuilder(getContext())
            .poolSize(Math.min(FETCHERS * accounts, MAX_FETCHERS))
            .maxPoolSize(Math.min(FETCHERS * accounts, MAX_FETCHERS))
            // No queue: where all fetchers are busy an account fetches by itself, so that a slow
            // one holds nobody.
            .maxQueueSize(0)
            .rejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns)
            .build("fetch-page");
    // A quick pass, a full or wide one and a backfill of an account may walk beside each other.
    // While Camel starts, the consumer sleeps for as long as it polls: a second by default.
    from("seda:walk-pages?pollTimeout=100&concurrentConsumers="
            + Math.min(WALKS * accounts, MAX_WALKERS)
            + "&size="
            + Math.max(USUAL_QUEUE, WALKS * accounts))
        .routeId("walk-pages")
        .routeDescription("Walks over the pages of one account's calls, some at a time.")
        .doTry()
        .loopDoWhile(simple("${body.hasPages()}"))
        .split(simple("${body.nextPages()}"))
        .streaming()
        .parallelProcessing()
        .executorService(fetchers)
        .stopOnException()
        .setVariable("request", body())
        .doTry()
        .to("direct:fetch-page")
        .to("direct:record-page")
        .doCatch(Exception.class)
        .bean("pages", "failed")
        .end()
        .end()
        .end()
        .bean("passes", "accept")
        .endDoTry()
        .doCatch(Exception.class)
        .bean("passes", "refuse")
        .end();
  }
}
