package io.leadroutes.slack;

import io.leadroutes.http.ServerTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What this process remembers of its talks with Slack. It is lost with the process, and only makes
 * look-ups quicker and surer; nothing is believed for not standing here.
 *
 * <p>Time is Slack's, told by the {@code Date} of its answers and counted on by a clock that nobody
 * sets: names of messages are times of Slack's, and the machine's clock may be wrong.
 */
final class SlackMemory {

  private static final int MAX = 10_000;

  /** As many messages may follow one another at once. */
  private static final int BURST = 5;

  /** A count that went on through a sleep of the machine is not asked for longer than this. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  private record Heard(Instant slack, long nanos) {}

  private final LongSupplier nanos;
  private final Map<Long, Long> sent = bounded();
  private final Map<String, String> seen = bounded();
  private final Map<Long, SlackSearch> searches = bounded();
  private final Map<String, String> known = new HashMap<>();
  private final Map<Long, Long> turns = bounded();
  private final Map<String, Long> nextTurn = bounded();
  private final Map<String, Long> quietUntil = new HashMap<>();
  private Heard heard;

  /**
   * @param nanos as of {@link System#nanoTime}
   */
  SlackMemory(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Slack told what time it is.
   *
   * @param date the header of an answer, or null
   */
  synchronized void heard(String date) {
    Instant told = ServerTime.of(date);
    if (told != null) {
      heard = new Heard(told, nanos.getAsLong());
    }
  }

  /** What time it is at Slack's; null where nothing was heard of late. */
  synchronized Instant now() {
    if (heard == null) {
      return null;
    }
    Duration since = Duration.ofNanos(nanos.getAsLong() - heard.nanos);
    return since.compareTo(FRESH) > 0 ? null : heard.slack.plus(since);
  }

  /**
   * How long a delivery has to wait for its turn in a channel, zero when it has come. One that has
   * to wait keeps its turn: whoever comes later waits longer.
   *
   * @param perSecond messages a second, 0 for no pace
   */
  synchronized Duration untilTurn(long delivery, String channel, double perSecond) {
    if (perSecond <= 0) {
      return Duration.ZERO;
    }
    long now = nanos.getAsLong();
    Long kept = turns.remove(delivery);
    if (kept == null) {
      long one = (long) (1_000_000_000 / perSecond);
      Long next = nextTurn.get(channel);
      long earliest = now - (BURST - 1) * one;
      kept = next == null || next - earliest < 0 ? earliest : next;
      nextTurn.put(channel, kept + one);
    }
    if (kept - now <= 0) {
      return Duration.ZERO;
    }
    turns.put(delivery, kept);
    return Duration.ofNanos(kept - now);
  }

  /** The lead is about to be posted. */
  synchronized void sending(long delivery) {
    sent.put(delivery, nanos.getAsLong());
  }

  /** How long ago this process posted it last; null where it did not. */
  synchronized Duration sinceSent(long delivery) {
    Long at = sent.get(delivery);
    return at == null ? null : Duration.ofNanos(nanos.getAsLong() - at);
  }

  /** A message of ours stands in the channel, as Slack itself said when it was posted. */
  synchronized void posted(long delivery, String channel, String ts) {
    sent.remove(delivery);
    known.put(channel, ts);
  }

  /** The name of a message of ours that stands in the channel, or null. */
  synchronized String known(String channel) {
    return known.get(channel);
  }

  /** A message of ours was seen while another one was looked for. */
  synchronized void seen(String channel, SlackMark mark, String ts) {
    seen.put(channel + ' ' + mark.delivery() + ' ' + mark.lead(), ts);
  }

  /** The name of a message that was seen, or null. */
  synchronized String seen(String channel, SlackMark mark) {
    return seen.get(channel + ' ' + mark.delivery() + ' ' + mark.lead());
  }

  /** A search goes on later, where it is now. */
  synchronized void keep(SlackSearch search) {
    searches.put(search.delivery().id(), search);
  }

  /** The search for a delivery that was kept, or null. */
  synchronized SlackSearch take(long delivery) {
    return searches.remove(delivery);
  }

  /** Slack asks not to be asked for its history for so long. */
  synchronized void keepQuiet(String token, Duration wait) {
    quietUntil.put(token, nanos.getAsLong() + wait.toNanos());
  }

  /** How long Slack wants not to be asked for its history, zero when it may be. */
  synchronized Duration quiet(String token) {
    Long until = quietUntil.get(token);
    long left = until == null ? 0 : until - nanos.getAsLong();
    return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MAX;
      }
    };
  }
}
