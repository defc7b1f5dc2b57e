package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.UnreadablePageException;
import io.leadroutes.http.RetryAfter;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.PageChanges;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** What the routes around a page call: its request, its reading, and its recording. */
public final class Pages {

  /** Of one page, decompressed. */
  private static final int MOST_BYTES = 32 * 1024 * 1024;

  private static final Pattern RETRY_AFTER = Pattern.compile("\"retry_after\"\\s*:\\s*(\\d{1,9})");
  private static final Duration LONGEST_NAP = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  private final Ledger ledger;
  private final Calls calls;

  public Pages(Ledger ledger, Calls calls) {
    this.ledger = ledger;
    this.calls = calls;
  }

  /**
   * Makes the request of a page out of its parameters alone; no link of an answer is ever followed.
   * Waits until the account's budget allows it.
   */
  public void prepare(Exchange exchange) throws PollException, InterruptedException {
    PageRequest request = exchange.getMessage().getBody(PageRequest.class);
    Source source = request.pass().source;
    waitForBudget(source, exchange);
    if (request.pass().isRefused()) {
      // Another page was answered by "wait" or "no" in the meantime.
      throw PollException.later("The pass has ended already.", null);
    }
    request.pass().requested();
    exchange.setVariable("request", request);
    exchange.setVariable("began", ledger.now());
    exchange.setVariable("deadline", System.nanoTime() + source.timeout().toNanos());
    exchange.setVariable("endpoint", endpoint(source));
    Message message = exchange.getMessage();
    message.setBody(null);
    message.setHeader("Accept", "application/json");
    message.setHeader("Authorization", "Bearer " + source.token());
    String dateFrom =
        request.pass().dateFrom == null ? "" : "&date_from=" + request.pass().dateFrom;
    message.setHeader(
        Exchange.HTTP_QUERY,
        "per_page=" + source.perPage() + "&page=" + request.number() + dateFrom);
  }

  private static void waitForBudget(Source source, Exchange exchange)
      throws PollException, InterruptedException {
    refuseWhenStopping(exchange);
    for (Duration wait = source.budget().take(); !wait.isZero(); wait = source.budget().take()) {
      // In small steps, so that a stop need not wait for the budget.
      TimeUnit.NANOSECONDS.sleep(Math.min(wait.toNanos(), LONGEST_NAP.toNanos()));
      refuseWhenStopping(exchange);
    }
  }

  /** A stop ends a pass at its next page; the next start begins it anew. */
  private static void refuseWhenStopping(Exchange exchange) throws PollException {
    if (exchange.getContext().isStopping()) {
      throw PollException.stopped();
    }
  }

  /** The same for all pages of an account, so that it is made once. */
  private static String endpoint(Source source) {
    long timeout = source.timeout().toMillis();
    return source.url()
        + "/user/calls?httpMethod=GET&throwExceptionOnFailure=false&disableStreamCache=true"
        + "&connectTimeout=%1$d&soTimeout=%1$d&responseTimeout=%1$d&connectionRequestTimeout=%1$d"
            .formatted(timeout);
  }

  /**
   * Reads the answer to a page's request.
   *
   * @throws PollException when it is no page of calls; its message says what to do
   */
  public FetchedPage read(
      Exchange exchange,
      @Variable("request") PageRequest request,
      @Variable("began") long began,
      @Variable("deadline") long deadline)
      throws PollException, IOException {
    Message message = exchange.getMessage();
    int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    byte[] body = bytes(message, deadline);
    refuse(status, message, body);
    try {
      CallPage page = request.pass().source.reader().read(body);
      request.pass().fetched(page);
      return new FetchedPage(request.pass(), page, began);
    } catch (UnreadablePageException e) {
      if (e.isHtml()) {
        throw notAuthorised("a login page");
      }
      throw PollException.later("ClickSpeak sent no page of calls. " + e.getMessage(), null);
    }
  }

  private static void refuse(int status, Message message, byte[] body) throws PollException {
    switch (status) {
      case 200 -> {}
      case 401, 403 -> throw notAuthorised("HTTP " + status);
      case 402 ->
          throw PollException.paused(
              "ClickSpeak refuses for lack of balance (HTTP 402): top the account up.");
      case 404 ->
          throw PollException.paused(
              "ClickSpeak has no such address (HTTP 404): correct clickspeak.base-url.");
      case 422 ->
          throw PollException.paused(
              "ClickSpeak refuses the parameters (HTTP 422): lower clickspeak.per-page.");
      case 429 ->
          throw PollException.later("ClickSpeak asked to wait (HTTP 429).", wish(message, body));
      default -> {
        if (status >= 300 && status < 400) {
          throw notAuthorised("a redirect");
        }
        throw PollException.later("ClickSpeak failed (HTTP " + status + ").", null);
      }
    }
  }

  private static PollException notAuthorised(String answer) {
    return PollException.paused(
        "ClickSpeak refuses the token ("
            + answer
            + "): correct clickspeak.token, or clickspeak.base-url.");
  }

  private static Duration wish(Message message, byte[] body) {
    Duration header = RetryAfter.in(message.getHeaders());
    if (header == null) {
      String text = new String(body, 0, Math.min(body.length, 2000), StandardCharsets.UTF_8);
      Matcher matcher = RETRY_AFTER.matcher(text);
      header = matcher.find() ? RetryAfter.of(matcher.group(1)) : null;
    }
    return header != null && header.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : header;
  }

  private static byte[] bytes(Message message, long deadline) throws IOException, PollException {
    Object body = message.getBody();
    if (body == null) {
      return new byte[0];
    }
    try (InputStream in = message.getMandatoryBody(InputStream.class)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 * 1024);
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (bytes.size() + n > MOST_BYTES) {
          throw PollException.later("ClickSpeak's answer is larger than 32 MiB.", null);
        }
        // The client's own time-outs begin anew with each byte.
        if (System.nanoTime() - deadline > 0) {
          throw PollException.later(
              "ClickSpeak's answer took longer than clickspeak.timeout allows.", null);
        }
        bytes.write(buffer, 0, n);
      }
      return bytes.toByteArray();
    } catch (InvalidPayloadException e) {
      throw new IOException(e);
    }
  }

  /** Compares a page with the ledger: what is new or changed is to be judged. */
  public PageChanges compare(FetchedPage fetched) {
    Source source = fetched.pass().source;
    return calls.compare(source.account(), fetched.page(), fetched.began(), source.rule());
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
    Recorded recorded = calls.record(changes, verdicts);
    int failed = (int) verdicts.stream().filter(verdict -> verdict.error() != null).count();
    request.pass().recorded(recorded, failed);
  }
}
