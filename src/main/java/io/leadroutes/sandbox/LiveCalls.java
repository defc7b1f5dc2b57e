package io.leadroutes.sandbox;

import io.leadroutes.sandbox.FictionalCalls.Ending;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Calls that come in while one watches: they ring, are talked through, end, and are evaluated a
 * little later; some are evaluated again. About a third become qualified leads. It begins with 30
 * finished calls of today, eight of them qualified.
 */
public final class LiveCalls implements AutoCloseable {

  private static final int ALREADY_FINISHED = 30;
  private static final int ALREADY_QUALIFIED = 8;
  private static final Duration MORNING = Duration.ofHours(6);

  /** Older calls go, so that a demo left running over the weekend stays small. */
  private static final int KEPT = 5_000;

  private final ClickSpeak clickSpeak;
  private final long paceMillis;
  private final FictionalCalls fiction;
  private final Random random;
  private final Deque<Long> present = new ArrayDeque<>();
  private final ScheduledExecutorService clock;
  private long lastId;

  private LiveCalls(ClickSpeak clickSpeak, Duration pace, long seed) {
    this.clickSpeak = clickSpeak;
    this.paceMillis = Math.max(1, pace.toMillis());
    this.fiction = new FictionalCalls(seed);
    this.random = new Random(seed);
    this.lastId = 700_000 + Instant.now().getEpochSecond() % 100_000;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "sandbox-live-calls");
              thread.setDaemon(true);
              return thread;
            });
  }

  static LiveCalls start(ClickSpeak clickSpeak, Duration pace, long seed) {
    LiveCalls live = new LiveCalls(clickSpeak, pace, seed);
    live.alreadyFinished();
    live.clock.scheduleAtFixedRate(
        live::comeIn, live.paceMillis, live.paceMillis, TimeUnit.MILLISECONDS);
    return live;
  }

  /** No more calls come in, and those on the line stay as they are. */
  @Override
  public void close() {
    clock.shutdownNow();
  }

  private void alreadyFinished() {
    Instant now = now();
    Instant midnight =
        LocalDate.ofInstant(now, ZoneOffset.UTC).atStartOfDay().toInstant(ZoneOffset.UTC);
    long since = Math.min(MORNING.toSeconds(), Duration.between(midnight, now).toSeconds());
    for (int i = 0; i < ALREADY_FINISHED; i++) {
      boolean qualified =
          (i + 1) * ALREADY_QUALIFIED / ALREADY_FINISHED > i * ALREADY_QUALIFIED / ALREADY_FINISHED;
      Instant created = now.minusSeconds(since * (ALREADY_FINISHED - i) / (ALREADY_FINISHED + 1));
      Ending ending = qualified ? Ending.QUALIFIED : fiction.rejection();
      put(fiction.finished(++lastId, created, ending));
    }
  }

  private void comeIn() {
    int roll = random.nextInt(100);
    Instant created = now();
    Ending ending = roll < 34 ? Ending.QUALIFIED : fiction.rejection();
    SandboxCall call = fiction.finished(++lastId, created, ending).updatedAt(created);
    put(call.unfinished("initiated"));
    after(0.5, () -> put(call.unfinished("ringing").updatedAt(now())));
    if (roll >= 85) {
      String status = roll >= 95 ? "busy" : "no-answer";
      SandboxCall missed = call.unfinished(status).with("duration", 0).with("transcript", "");
      after(1.5, () -> put(missed.updatedAt(now())));
      return;
    }
    SandboxCall lateLead = roll < 8 ? call.evaluation(undecided()) : call;
    double end = 2 + random.nextDouble() * 1.2;
    double evaluated = end + 1 + random.nextDouble() * 0.5;
    after(1.2, () -> put(call.unfinished("in-progress").updatedAt(now())));
    after(end, () -> put(call.with("evaluation", null).updatedAt(now())));
    after(evaluated, () -> put(lateLead.updatedAt(now())));
    if (roll < 16) {
      SandboxCall again = roll < 8 ? call : call.variable("reviewed_by", "Shift lead");
      after(evaluated + 4, () -> put(again.updatedAt(now())));
    }
  }

  /** What an evaluation says that a person corrects later. */
  private static Map<String, Object> undecided() {
    Map<String, Object> evaluation = new LinkedHashMap<>();
    evaluation.put("sentiment", "neutral");
    evaluation.put("outcome", "needs_review");
    evaluation.put("score", 5);
    return evaluation;
  }

  private void after(double paces, Runnable change) {
    clock.schedule(change, (long) (paces * paceMillis), TimeUnit.MILLISECONDS);
  }

  private void put(SandboxCall call) {
    if (!present.contains(call.id())) {
      present.addLast(call.id());
    }
    if (present.size() > KEPT) {
      clickSpeak.remove(present.removeFirst());
    }
    clickSpeak.put(call);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
