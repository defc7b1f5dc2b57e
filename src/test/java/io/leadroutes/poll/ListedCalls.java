package io.leadroutes.poll;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A model of the source API: page numbers over a list that changes between any two requests, lies
 * and fails. Everything follows from one seed, so that a history can be replayed.
 */
final class ListedCalls {

  record Answer(int status, Map<String, Object> headers, byte[] body) {}

  private static final class Row {
    final long id;
    final Instant created;
    String status;
    String outcome;

    Row(long id, Instant created, String status, String outcome) {
      this.id = id;
      this.created = created;
      this.status = status;
      this.outcome = outcome;
    }

    boolean qualifies() {
      return "qualified_lead".equals(outcome) && !status.equals("ringing");
    }
  }

  private enum Order {
    NEWEST_FIRST,

    /**
     * Newest first, and calls of the same time as a database without a fitting index shows them:
     * the first rows it sorts out of the whole list are others for each number of rows, so that
     * some calls are on no page at all, the same ones each time.
     */
    TIES,
    OLDEST_FIRST,
    BY_ID_DESCENDING,
    SHUFFLED,
    ANEW_EACH_TIME
  }

  private final long seed;
  private final Random random;
  private final Instant now;
  private final Instant start;
  private final List<Row> rows = new ArrayList<>();
  private final Set<Long> everQualified = new HashSet<>();
  private final Order order;
  private final int clamp;
  private final int totalLie;
  private final int lastPageLie;
  private final int changesPerTen;
  private final int faultsPerTen;
  private final boolean endIncluded;
  private final int pastEnd;
  private final int cap;
  private final boolean refusesTomorrow;
  private final long poison;
  private final long broken;
  private long nextId = 1000;
  private boolean resting;
  private int requests;

  ListedCalls(long seed, Instant now) {
    this.seed = seed;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    random = new Random(seed);
    start = this.now.minus(Duration.ofHours(random.nextInt(40)));
    int dice = random.nextInt(10);
    order = dice < 4 ? Order.NEWEST_FIRST : dice < 6 ? Order.TIES : any(Order.values());
    int clamped = order == Order.TIES ? 7 : any(3, 5, 7);
    clamp = random.nextInt(4) == 0 ? clamped : Integer.MAX_VALUE;
    int lie = random.nextInt(5) == 0 ? any(-3, -1, 1, 4, 500) : 0;
    // What hides behind a total that is wrong by much cannot be told.
    totalLie = order == Order.TIES ? Math.min(1, Math.max(0, lie)) : lie;
    lastPageLie = random.nextInt(6) == 0 ? any(-2, -1, 1, 3) : 0;
    changesPerTen = any(0, 1, 3, 6);
    faultsPerTen = any(0, 0, 1, 2);
    endIncluded = random.nextBoolean();
    pastEnd = random.nextInt(4) == 0 ? any(400, 404, 422, 500) : 200;
    // What one status of one day has behind the cap, nobody can list.
    cap = random.nextInt(8) == 0 && changesPerTen <= 1 ? 80 : Integer.MAX_VALUE;
    refusesTomorrow = random.nextBoolean();
    int calls = random.nextInt(70);
    for (int i = 0; i < calls; i++) {
      insert(Duration.ofSeconds(random.nextInt(2 * 24 * 3600)));
    }
    // Where the pages of each size show other calls, a record that breaks its page has no place.
    boolean poisoned = random.nextInt(6) == 0 && !rows.isEmpty() && order != Order.TIES;
    poison = poisoned ? anyRow().id : -1;
    broken = random.nextInt(6) == 0 && !rows.isEmpty() ? anyRow().id : -1;
  }

  @SafeVarargs
  private <T> T any(T... of) {
    return of[random.nextInt(of.length)];
  }

  private Row anyRow() {
    return rows.get(random.nextInt(rows.size()));
  }

  Instant start() {
    return start;
  }

  int requests() {
    return requests;
  }

  private void insert(Duration age) {
    // Some are created at the same second, and where that matters many.
    int span = order == Order.TIES ? 4 * 3600 : 3;
    Instant created = now.minusSeconds(age.toSeconds() / span * span);
    rows.add(new Row(nextId++, created, "ringing", null));
    develop(rows.get(rows.size() - 1));
    if (random.nextInt(4) > 0) {
      develop(rows.get(rows.size() - 1));
    }
  }

  /** A call goes on: it ends, is evaluated, is evaluated anew. */
  private void develop(Row row) {
    if (row.status.equals("ringing")) {
      row.status = any("completed", "ended", "completed", "no-answer", unknown(), "ringing");
    } else {
      row.outcome = any("qualified_lead", "qualified_lead", "not_interested", "callback", null);
    }
  }

  /** What is behind a cap, or on no page, is found by its status where that is documented. */
  private String unknown() {
    return cap == Integer.MAX_VALUE && order != Order.TIES ? "transferred" : "ended";
  }

  private void change() {
    switch (random.nextInt(8)) {
      case 0, 1 -> insert(Duration.ZERO);
      case 2 -> insert(Duration.ofSeconds(random.nextInt(24 * 3600)));
      case 3 -> delete();
      case 4 -> {
        delete();
        insert(Duration.ZERO);
      }
      default -> {
        if (!rows.isEmpty()) {
          develop(anyRow());
        }
      }
    }
  }

  private void delete() {
    if (!rows.isEmpty()) {
      rows.remove(random.nextInt(rows.size()));
    }
  }

  /** Nothing changes or fails any more; what is a trait of the API stays. */
  void rest() {
    resting = true;
  }

  /**
   * Whether calls may be on no page: those of one time, and those that share the last page with a
   * record that breaks it, where the numbers say that there is no such page.
   */
  boolean mayHide() {
    return order == Order.TIES || (poison >= 0 && (lastPageLie < 0 || totalLie < 0));
  }

  /**
   * How many passes at rest it may take: a call that was deleted may stand for one that no page has
   * shown yet, until the passes that saw it are forgotten.
   */
  int passesAtRest() {
    return order == Order.TIES ? 16 : 6;
  }

  /** The calls that have to be leads when the list has come to rest. */
  Set<Long> qualifying() {
    Set<Long> ids = new HashSet<>();
    for (Row row : rows) {
      if (row.qualifies() && !row.created.isBefore(start) && row.id != poison && row.id != broken) {
        ids.add(row.id);
      }
    }
    return ids;
  }

  /** Whether a call is in the list. */
  boolean shows(long id) {
    return rows.stream().anyMatch(row -> row.id == id && id != poison && id != broken);
  }

  /** The calls that qualified in some answer, or do now: no other may be a lead. */
  Set<Long> everQualified() {
    return everQualified;
  }

  Answer get(int page, int perPage, Window window) throws IOException {
    requests++;
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    if (refusesTomorrow && window.to() != null && window.to().isAfter(today)) {
      return new Answer(422, Map.of(), bytes("{\"errors\": {\"date_to\": [\"in the future\"]}}"));
    }
    if (!resting) {
      while (random.nextInt(10) < changesPerTen) {
        change();
      }
      if (random.nextInt(20) < faultsPerTen) {
        return fault();
      }
    }
    int size = Math.min(perPage, clamp);
    List<Row> listed = listed(window, page * size);
    int asked = page;
    if (!resting && random.nextInt(40) == 0) {
      asked = any(1, Math.max(1, page - 1), page + 1);
    }
    int begin = Math.min(listed.size(), (asked - 1) * size);
    List<Row> shown = listed.subList(begin, Math.min(listed.size(), begin + size));
    if (!resting && shown.size() > 1 && random.nextInt(40) == 0) {
      shown = shown.subList(0, random.nextInt(shown.size()));
    }
    if (page > 1 && (begin >= listed.size() || begin >= cap)) {
      int status = begin >= listed.size() ? pastEnd : 422;
      if (status != 200) {
        return new Answer(status, Map.of(), bytes("{\"message\": \"No such page.\"}"));
      }
    }
    if (shown.stream().anyMatch(row -> row.id == poison)) {
      return new Answer(500, Map.of(), bytes("{\"message\": \"Server Error\"}"));
    }
    shown.stream().filter(Row::qualifies).forEach(row -> everQualified.add(row.id));
    byte[] body = body(shown, asked, size, listed.size());
    if (!resting && random.nextInt(20) < faultsPerTen) {
      return new Answer(200, Map.of(), java.util.Arrays.copyOf(body, body.length / 2));
    }
    return new Answer(200, Map.of(), body);
  }

  private Answer fault() throws IOException {
    switch (random.nextInt(6)) {
      case 0 -> throw new SocketTimeoutException("no answer");
      case 1 -> {
        return new Answer(429, Map.of("Retry-After", "1"), bytes("{}"));
      }
      case 2 -> {
        return new Answer(429, Map.of(), bytes("{\"retry_after\": 2}"));
      }
      default -> {
        return new Answer(any(500, 502, 503, 504), Map.of(), bytes("<html>oops</html>"));
      }
    }
  }

  /**
   * @param wanted rows up to the end of the page: what a database sorts out
   */
  private List<Row> listed(Window window, int wanted) {
    List<Row> listed = new ArrayList<>();
    for (Row row : rows) {
      LocalDate day = row.created.atZone(ZoneOffset.UTC).toLocalDate();
      LocalDate to = window.to();
      boolean after = window.from() == null || !day.isBefore(window.from());
      boolean before = to == null || day.isBefore(to) || (endIncluded && day.equals(to));
      boolean ofStatus = window.status() == null || window.status().equals(row.status);
      if (after && before && ofStatus) {
        listed.add(row);
      }
    }
    Comparator<Row> byTime = Comparator.comparing((Row row) -> row.created);
    switch (order) {
      case NEWEST_FIRST -> listed.sort(byTime.thenComparing(row -> row.id).reversed());
      case TIES -> {
        // Where it sorts out more than half of the rows it sorts them all.
        int seed = 2 * wanted >= listed.size() ? 0 : wanted;
        listed.sort(byTime.reversed().thenComparing(row -> mixed(row.id, seed)));
      }
      case OLDEST_FIRST -> listed.sort(byTime);
      case BY_ID_DESCENDING -> listed.sort(Comparator.comparing((Row row) -> -row.id));
      case SHUFFLED -> listed.sort(Comparator.comparing(row -> row.id * 7919 % 10_007));
      case ANEW_EACH_TIME -> {
        listed.sort(Comparator.comparing(row -> row.id * 7919 % 10_007));
        if (!resting) {
          Collections.shuffle(listed, random);
        }
      }
    }
    return listed;
  }

  private static long mixed(long id, int seed) {
    return new Random(id * 31 + seed * 7919L).nextLong();
  }

  private byte[] body(List<Row> shown, int page, int size, int count) {
    StringJoiner data = new StringJoiner(",");
    for (Row row : shown) {
      data.add(json(row));
    }
    int total = Math.max(0, count + totalLie);
    int last = Math.max(1, (count + size - 1) / size + lastPageLie);
    return bytes(
        """
        {"current_page": %d, "data": [%s], "last_page": %d, "per_page": %d, "total": %d}
        """
            .formatted(page, data, last, size, total));
  }

  private String json(Row row) {
    if (row.id == broken) {
      return "{\"status\": \"completed\"}";
    }
    String id = row.id % 3 == 0 ? "\"" + row.id + "\"" : String.valueOf(row.id);
    String evaluation =
        row.outcome == null
            ? row.id % 2 == 0 ? "null" : "[]"
            : row.id % 2 == 0
                ? "{\"outcome\": \"" + row.outcome + "\"}"
                : "[{\"name\": \"outcome\", \"type\": \"string\", \"value\": \""
                    + row.outcome
                    + "\"}]";
    return "{\"id\": %s, \"status\": \"%s\", \"created_at\": \"%s\", \"evaluation\": %s}"
        .formatted(id, row.status, row.created, evaluation);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "history %d: %d calls, %s, clamp %d, total %+d, last page %+d, changes %d, faults %d, past the end %d%s%s%s"
        .formatted(
            seed,
            rows.size(),
            order,
            clamp,
            totalLie,
            lastPageLie,
            changesPerTen,
            faultsPerTen,
            pastEnd,
            cap == Integer.MAX_VALUE ? "" : ", capped",
            poison < 0 ? "" : ", poison " + poison,
            broken < 0 ? "" : ", broken " + broken);
  }
}
