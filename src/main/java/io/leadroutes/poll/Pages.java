package io.leadroutes.poll;

import io.leadroutes.call.CallPage;
import io.leadroutes.call.UnreadablePageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;

/** What fetch-page calls: a page's request and the reading of its answer. */
public final class Pages {

  /** Of one page, decompressed. */
  private static final int MAX_BYTES = 32 * 1024 * 1024;

  /** Where the API asks to wait and does not say how long. */
  private static final Duration UNTOLD_WAIT = Duration.ofSeconds(10);

  private final PageRoom room = new PageRoom();

  /**
   * A request leaves, unless the service stops: the next start begins its pass anew.
   *
   * @return it, as it is noted now
   */
  public PageRequest leave(Exchange exchange, @Body PageRequest request) throws PollException {
    if (exchange.getContext().isStopping()) {
      throw PollException.stopped();
    }
    return request.permitted(request.scope().source().budget().leaves(request.permit()));
  }

  /**
   * Reads the answer to a page's request.
   *
   * @throws PollException when it is no page of calls; its message says what to do
   */
  public FetchedPage read(Exchange exchange, @Variable("request") PageRequest request)
      throws PollException, IOException, InterruptedException {
    Message message = exchange.getMessage();
    int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    RequestBudget budget = request.scope().source().budget();
    // First, because the connection is held until the body is read.
    byte[] body = bytes(exchange);
    budget.ended(request.permit());
    budget.observe(message.getHeaders());
    try {
      return read(request, status, message.getHeaders(), body);
    } catch (PollException e) {
      if (e.kind() == PollException.Kind.BUSY) {
        budget.keepQuiet(e.retryAfter() == null ? UNTOLD_WAIT : e.retryAfter());
      }
      throw e;
    }
  }

  /** The same for an answer's parts. */
  static FetchedPage read(PageRequest request, int status, Map<String, Object> headers, byte[] body)
      throws PollException {
    Source source = request.scope().source();
    Refusals refusals = source.budget().refusals;
    Long ahead = ApiClock.ahead(headers, request.permit().began());
    try {
      PollException refusal = refusals.of(status, headers, body);
      if (refusal != null) {
        throw refusal;
      }
      ApiClock.check(source.beginning(), headers);
      CallPage page = source.reader().read(body);
      source.budget().answered();
      return new FetchedPage(request, page, ahead);
    } catch (UnreadablePageException e) {
      PollException unreadable =
          e.isHtml()
              ? refusals.html()
              : PollException.of(
                  e.isPerhapsOneRecord()
                      ? PollException.Kind.UNREADABLE
                      : PollException.Kind.FAILED,
                  "ClickSpeak sent no page of calls. " + e.getMessage());
      throw unreadable.answered(status, ahead);
    } catch (PollException e) {
      throw e.answered(status, ahead);
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
        if (bytes.size() + n > MAX_BYTES) {
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

  /** What became of a page that was not read or not recorded. */
  public PageResult failed(
      @Variable("request") PageRequest request,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
    PollException known = PollException.in(failure);
    if (known != null && known.kind() == PollException.Kind.UNASKED) {
      return PageResult.unasked(request);
    }
    if (known == null || !known.isStop()) {
      request.scope().source().budget().ended(request.permit());
    }
    return PageResult.failed(request, failure);
  }
}
