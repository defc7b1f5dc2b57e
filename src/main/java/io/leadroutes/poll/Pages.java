package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.UnreadablePageException;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.PageChanges;
import io.leadroutes.ledger.Requests.Permit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;

/** What the routes around a page call: its request, its reading, and its recording. */
public final class Pages {

  /** Of one page, decompressed. */
  private static final int MOST_BYTES = 32 * 1024 * 1024;

  private static final Duration LONGEST_NAP = Duration.ofMillis(200);

  /** Where the API asks to wait and does not say how long. */
  private static final Duration UNTOLD_WAIT = Duration.ofSeconds(10);

  /** Others may have given back what we wait for. */
  private static final Duration LONGEST_WAIT_UNSEEN = Duration.ofSeconds(2);

  private final Calls calls;
  private final PageRoom room = new PageRoom();

  public Pages(Calls calls) {
    this.calls = calls;
  }

  /**
   * Makes the request of a page out of its parameters alone; no link of an answer is ever followed.
   * Waits until the account's budget allows it.
   */
  public void prepare(Exchange exchange) throws PollException, InterruptedException {
    PageRequest request = exchange.getMessage().getBody(PageRequest.class);
    Source source = request.pass().source;
    waitUntil(request.notBefore(), request.pass(), exchange);
    waitForBudget(request.pass(), exchange);
    request.pass().requested();
    exchange.setVariable("endpoint", endpoint(source));
    Message message = exchange.getMessage();
    message.setBody(null);
    message.setHeader("Accept", "application/json");
    message.setHeader("Authorization", "Bearer " + source.token());
    message.setHeader(
        Exchange.HTTP_QUERY,
        "per_page=" + request.perPage() + "&page=" + request.number() + request.window().query());
  }

  private static void waitUntil(long nanoTime, Pass pass, Exchange exchange)
      throws PollException, InterruptedException {
    while (nanoTime != 0 && nanoTime - System.nanoTime() > 0) {
      refuseWhenEnded(pass, exchange);
      nap(Duration.ofNanos(nanoTime - System.nanoTime()));
    }
  }

  /** Returns when the request was taken out of the budget, and notes when that was. */
  private static void waitForBudget(Pass pass, Exchange exchange)
      throws PollException, InterruptedException {
    RequestBudget budget = pass.source.budget();
    long since = System.nanoTime();
    budget.waits(pass.kind);
    try {
      while (true) {
        refuseWhenEnded(pass, exchange);
        long asked = System.nanoTime();
        Permit permit = budget.ask(pass.kind, Duration.ofNanos(asked - since));
        if (permit.waitMillis() == 0) {
          exchange.setVariable("asked", asked);
          exchange.setVariable("began", permit.at());
          return;
        }
        long until = System.nanoTime() + Duration.ofMillis(permit.waitMillis()).toNanos();
        waitUntil(
            Math.min(until, System.nanoTime() + LONGEST_WAIT_UNSEEN.toNanos()), pass, exchange);
      }
    } finally {
      budget.served(pass.kind);
    }
  }

  /** In small steps, so that a stop need not wait for the budget. */
  private static void nap(Duration wait) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Math.max(0, Math.min(wait.toNanos(), LONGEST_NAP.toNanos())));
  }

  /** A stop ends a pass at its next page; the next start begins it anew. */
  private static void refuseWhenEnded(Pass pass, Exchange exchange) throws PollException {
    if (exchange.getContext().isStopping()) {
      throw PollException.stopped();
    }
    if (pass.isEnded()) {
      // Another page was answered by "no" in the meantime.
      throw PollException.of(PollException.Kind.STOPPED, "The pass has ended already.");
    }
  }

  /** The same for all pages of an account, so that it is made once. */
  private static String endpoint(Source source) {
    long timeout = source.timeout().toMillis();
    return source.url()
        + String.format(
            Locale.ROOT,
            "/user/calls?httpMethod=GET&throwExceptionOnFailure=false&disableStreamCache=true"
                + "&connectTimeout=%1$d&soTimeout=%1$d&responseTimeout=%1$d&connectionRequestTimeout=%1$d",
            timeout);
  }

  /**
   * Reads the answer to a page's request.
   *
   * @throws PollException when it is no page of calls; its message says what to do
   */
  public FetchedPage read(
      Exchange exchange, @Variable("request") PageRequest request, @Variable("began") long began)
      throws PollException, IOException, InterruptedException {
    Message message = exchange.getMessage();
    int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    RequestBudget budget = request.pass().source.budget();
    // First, because the connection is held until the body is read.
    byte[] body = bytes(exchange);
    ended(exchange, request);
    budget.observe(message.getHeaders());
    try {
      return read(request, status, message.getHeaders(), body, began);
    } catch (PollException e) {
      if (e.kind() == PollException.Kind.BUSY) {
        budget.keepQuiet(e.retryAfter() == null ? UNTOLD_WAIT : e.retryAfter());
      }
      throw e;
    }
  }

  /** A request that took long may have arrived long after it was noted. */
  private static void ended(Exchange exchange, PageRequest request) {
    Long asked = exchange.getVariable("asked", Long.class);
    // Without it the request never left.
    if (asked != null) {
      long began = exchange.getVariable("began", Long.class);
      request.pass().source.budget().ended(began, Duration.ofNanos(System.nanoTime() - asked));
    }
  }

  /** The same for an answer's parts. */
  static FetchedPage read(
      PageRequest request, int status, Map<String, Object> headers, byte[] body, long began)
      throws PollException {
    RequestBudget budget = request.pass().source.budget();
    Refusals refusals = budget.refusals;
    request.pass().heard(ApiClock.ahead(headers, began));
    PollException refusal = refusals.of(status, headers, body);
    if (refusal != null) {
      throw refusal.answered(status);
    }
    ApiClock.check(request.pass().source.beginning(), headers);
    try {
      CallPage page = request.pass().source.reader().read(body);
      budget.answered();
      request.pass().fetched(request, page);
      return new FetchedPage(request, page, began);
    } catch (UnreadablePageException e) {
      if (e.isHtml()) {
        throw refusals.html().answered(status);
      }
      throw PollException.of(
              e.isPerhapsOneRecord() ? PollException.Kind.UNREADABLE : PollException.Kind.FAILED,
              "ClickSpeak sent no page of calls. " + e.getMessage())
          .answered(status);
    }
  }

  private byte[] bytes(Exchange exchange) throws IOException, PollException, InterruptedException {
    Message message = exchange.getMessage();
    Object body = message.getBody();
    if (body == null) {
      return new byte[0];
    }
    PageRoom.Place place = room.place();
    exchange.getExchangeExtension().addOnCompletion(new Leaving(place));
    try (InputStream in = message.getMandatoryBody(InputStream.class)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(PageRoom.NOTHING);
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (bytes.size() + n > MOST_BYTES) {
          throw PollException.of(
              PollException.Kind.TOO_LARGE, "ClickSpeak's answer is larger than 32 MiB.");
        }
        place.grow(bytes.size() + n);
        bytes.write(buffer, 0, n);
      }
      return bytes.toByteArray();
    } catch (SocketTimeoutException e) {
      if (place.hasWaited()) {
        throw PageRoom.noRoom();
      }
      throw PollException.failed("ClickSpeak's answer took longer than clickspeak.timeout allows.");
    } catch (InvalidPayloadException e) {
      throw new IOException(e);
    } finally {
      // Read or given up: nobody behind may try to read it again.
      message.setBody(null);
    }
  }

  /** The page is recorded, or given up. */
  private static final class Leaving extends SynchronizationAdapter {

    private final PageRoom.Place place;

    Leaving(PageRoom.Place place) {
      this.place = place;
    }

    @Override
    public void onDone(Exchange exchange) {
      place.leave();
    }
  }

  /** Compares a page with the ledger: what is new or changed is to be judged. */
  public PageChanges compare(FetchedPage fetched) {
    Pass pass = fetched.pass();
    return pass.tally() != null
        ? pass.tally().all(pass.source.account(), fetched.page(), pass.look)
        : calls.compare(
            pass.source.account(),
            fetched.page(),
            fetched.began(),
            pass.look,
            pass.kind == Kind.WIDE);
  }

  /** The calls of a page that are to be judged. */
  public List<Call> toJudge(@Body PageChanges changes) {
    return changes.calls();
  }

  /**
   * Records a page with the verdicts about its new and changed calls.
   *
   * @param judged the verdicts; anything else when there was nothing to judge
   */
  public void record(
      @Body Object judged,
      @Variable("request") PageRequest request,
      @Variable("changes") PageChanges changes) {
    List<Verdict> verdicts =
        judged instanceof List<?> list
            ? list.stream().map(Verdict.class::cast).toList()
            : List.of();
    record(request, changes, verdicts);
  }

  /** The same with the verdicts at hand. */
  void record(PageRequest request, PageChanges changes, List<Verdict> verdicts) {
    Pass pass = request.pass();
    if (pass.tally() != null) {
      pass.tally().add(verdicts);
    }
    Recorded recorded = pass.tally() != null ? Recorded.NOTHING : calls.record(changes, verdicts);
    pass.recorded(request, changes.page(), recorded);
  }

  /**
   * A page that was not read or not recorded: asks for it again, or in pieces, or ends the pass.
   *
   * @throws Exception the failure, when the pass cannot go on
   */
  public void failed(
      Exchange exchange,
      @Variable("request") PageRequest request,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure)
      throws Exception {
    ended(exchange, request);
    request.pass().failed(request, failure);
  }
}
