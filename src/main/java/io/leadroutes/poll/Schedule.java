package io.leadroutes.poll;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which pass of one account is due: a pure record of what was asked for, what runs, and how passes
 * ended. An account has at most one quick pass, one full or wide pass and one backfill at a time.
 * All times are {@link System#nanoTime}.
 */
final class Schedule {

  static final Duration BETWEEN_HINTS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_WIDE = Duration.ofDays(1);

  /** What may run beside each other. */
  enum Lane {
    QUICK,
    SLOW,
    JOB;

    static Lane of(Kind kind) {
      return switch (kind) {
        case QUICK, HINT -> QUICK;
        case FULL, WIDE -> SLOW;
        case BACKFILL, PREVIEW -> JOB;
      };
    }
  }

  private final Set<Lane> running = EnumSet.noneOf(Lane.class);
  private boolean isHeadWanted;
  private boolean isAllWanted = true;

  /** Whether a full pass follows with the next look at the head. */
  private boolean isAllWantedWithHead;

  private long wideDue;
  private long jobDue;
  private long retryDue;
  private long hintDue;

  /** How many hints there had been when the pass began that looked for what they hint at. */
  private long hintsFollowed;

  /** Whether full passes prove the list newest first. */
  private boolean isNewestFirst;

  /** In a row, of one kind: outages and pauses are counted apart. */
  private int failures;

  private boolean isPaused;

  /** Wide passes or backfills that failed in a row, which holds nothing else. */
  private int failuresAside;

  /** Oddities of quick passes: what the last one saw, and those that stay after a full pass. */
  private String odd;

  private boolean isLookedInto;
  private final Set<String> excused = new HashSet<>();

  /** How many calls the list of these days had, and how many other passes there have been. */
  private Window totalled;

  private long total = -1;
  private int others;
  private int othersBefore = -1;

  /**
   * @param untilWide when the first wide pass is due
   */
  Schedule(long now, Duration untilWide) {
    wideDue = now + untilWide.toNanos();
    jobDue = now;
    retryDue = now;
    hintDue = now;
  }

  /** The period of looks at the head is over. */
  void wantHead() {
    isHeadWanted = true;
    isAllWanted |= isAllWantedWithHead;
  }

  /** The period of full passes is over. */
  void wantAll() {
    isAllWanted = true;
  }

  /**
   * What is due and does not run.
   *
   * @param hints how many there have been
   * @param isAccepted whether a full pass was ever accepted
   * @param hasJob whether a backfill waits
   */
  List<Kind> due(long now, long hints, boolean isAccepted, boolean hasJob) {
    List<Kind> due = new ArrayList<>();
    boolean hint = hints != hintsFollowed && now - hintDue >= 0 && failures == 0;
    boolean head = isHeadWanted || hint;
    boolean full = failures > 0 ? now - retryDue >= 0 : isAllWanted || (head && !isNewestFirst);
    boolean slowRuns = running.contains(Lane.SLOW);
    if (full && !slowRuns) {
      due.add(Kind.FULL);
    }
    // After an outage one full pass comes first, so that one request tells whether it is over.
    if (failures > 0) {
      return due;
    }
    if (!full && !slowRuns && isAccepted && now - wideDue >= 0) {
      due.add(Kind.WIDE);
    }
    if (head && isNewestFirst && !running.contains(Lane.QUICK)) {
      due.add(isHeadWanted ? Kind.QUICK : Kind.HINT);
    }
    if (hasJob && now - jobDue >= 0 && !running.contains(Lane.JOB)) {
      due.add(Kind.BACKFILL);
    }
    return due;
  }

  /** A pass begins. */
  void begins(Kind kind, long now, long hints) {
    Lane lane = Lane.of(kind);
    running.add(lane);
    if (lane == Lane.QUICK) {
      othersBefore = running.size() == 1 ? others : -1;
    } else {
      others++;
    }
    if (kind == Kind.FULL) {
      isAllWanted = false;
      isAllWantedWithHead = false;
    }
    boolean readsHead = isNewestFirst ? lane == Lane.QUICK : kind == Kind.FULL;
    if (readsHead || kind == Kind.FULL) {
      isHeadWanted = false;
    }
    if (readsHead && hints != hintsFollowed) {
      hintsFollowed = hints;
      hintDue = now + BETWEEN_HINTS.toNanos();
    }
  }

  /** A pass could not begin: it is due again. */
  void unbegun(Kind kind) {
    running.remove(Lane.of(kind));
    switch (kind) {
      case QUICK, HINT -> isHeadWanted = true;
      case FULL -> isAllWanted = true;
      default -> {}
    }
  }

  /** What was hinted at is left to whoever polls the account. */
  void followed(long hints) {
    hintsFollowed = hints;
  }

  boolean hasFollowed(long hints) {
    return hintsFollowed == hints;
  }

  /**
   * A pass came to its end.
   *
   * @return whether it is the first one after failures
   */
  boolean ended(Pass pass, long now) {
    boolean recovered = failures > 0;
    failures = 0;
    isPaused = false;
    switch (pass.kind()) {
      case QUICK, HINT -> quickEnded((QuickPass) pass);
      case FULL -> fullEnded((SlicedPass) pass);
      case WIDE -> {
        failuresAside = 0;
        wideDue = now + BETWEEN_WIDE.toNanos();
      }
      case BACKFILL -> {
        failuresAside = 0;
        jobDue = now;
      }
      case PREVIEW -> throw new IllegalArgumentException("A preview is not scheduled.");
    }
    leaves(pass.kind());
    return recovered;
  }

  private void quickEnded(QuickPass quick) {
    isAllWanted |= isToBeLookedInto(quick);
    isNewestFirst &= !quick.isOutOfOrder();
    total(quick.window(), quick.total());
  }

  private void fullEnded(SlicedPass full) {
    boolean isAccepted = full.refused() == null;
    isLookedInto = true;
    total(full.window(), full.traits().total());
    isNewestFirst = full.newestFirst() && (isAccepted || isNewestFirst);
    isAllWanted = false;
    isAllWantedWithHead = !isAccepted;
  }

  private void total(Window window, long calls) {
    totalled = window;
    total = calls;
  }

  /** How many calls the list of these days had when it was last read, or -1. */
  long total(Window window) {
    return window.equals(totalled) ? total : -1;
  }

  /** Oddities that a full pass has looked into and that are there all the same. */
  Set<String> excused() {
    return Set.copyOf(excused);
  }

  /**
   * Whether a full pass has to follow a quick one. What is still odd after a full pass is how the
   * list is: it is not looked into again until it was gone for once.
   */
  private boolean isToBeLookedInto(QuickPass quick) {
    boolean undisturbed = running.size() == 1 && others == othersBefore && quick.total() >= 0;
    String seen =
        quick.oddity() == null && undisturbed && quick.hasGrownUnseen()
            ? "the list has grown by more than came at its head"
            : quick.oddity();
    excused.removeIf(excuse -> !excuse.equals(seen));
    if (seen != null && seen.equals(odd) && isLookedInto && !quick.isOutOfOrder()) {
      excused.add(seen);
      return false;
    }
    isLookedInto &= seen != null && seen.equals(odd);
    odd = seen;
    return seen != null;
  }

  private void leaves(Kind kind) {
    Lane lane = Lane.of(kind);
    running.remove(lane);
    others += lane == Lane.QUICK ? 0 : 1;
  }

  /**
   * How often passes have failed in a row before one that fails now: outages and pauses are counted
   * apart.
   */
  int failuresBefore(boolean paused) {
    return paused == isPaused ? failures : 0;
  }

  /** Whether the last pass failed. */
  boolean isFailing() {
    return failures > 0;
  }

  /** A pass failed; the next one is a full pass, whichever it was. */
  void failed(Kind kind, boolean paused, long retryAt) {
    failures = failuresBefore(paused) + 1;
    isPaused = paused;
    isAllWanted = true;
    retryDue = retryAt;
    leaves(kind);
  }

  /** How often wide passes or backfills have been refused in a row, which holds nothing else. */
  int failuresAside() {
    return failuresAside;
  }

  /** A wide pass or a backfill was refused for its days. */
  void refusedAside(Kind kind, long retryAt) {
    failuresAside++;
    if (kind == Kind.WIDE) {
      wideDue = retryAt;
    } else {
      jobDue = retryAt;
    }
    leaves(kind);
  }

  /** A backfill came to its end and cannot be relied on. */
  void jobWaits(long retryAt) {
    jobDue = retryAt;
  }
}
