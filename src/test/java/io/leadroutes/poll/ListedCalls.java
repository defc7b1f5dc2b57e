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
    order = random.nextInt(3) > 0 ? Order.NEWEST_FIRST : any(Order.values());
    clamp = random.nextInt(4) == 0 ? any(3, 5, 7) : Integer.MAX_VALUE;
    totalLie = random.nextInt(5) == 0 ? any(-3, -1, 1, 4, 500) : 0;
    lastPageLie = random.nextInt(6) == 0 ? any(-2, -1, 1, 3) : 0;
    changesPerTen = any(0, 1, 3, 6);
    faultsPerTen = any(0, 0, 1, 2);
    endIncluded = random.nextBoolean();
    int calls = random.nextInt(70);
    for (int i = 0; i < calls; i++) {
      insert(Duration.ofSeconds(random.nextInt(2 * 24 * 3600)));
    }
    poison = random.nextInt(6) == 0 && !rows.isEmpty() ? anyRow().id : -1;
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
    // Some are created at the same second.
    Instant created = now.minusSeconds(age.toSeconds() / 3 * 3);
    rows.add(new Row(nextId++, created, "ringing", null));
    develop(rows.get(rows.size() - 1));
    if (random.nextInt(4) > 0) {
      develop(rows.get(rows.size() - 1));
    }
  }

  /** A call goes on: it ends, is evaluated, is evaluated anew. */
  private void develop(Row row) {
    if (row.status.equals("ringing")) {
      row.status = any("completed", "ended", "completed", "no-answer", "transferred", "ringing");
    } else {
      row.outcome = any("qualified_lead", "qualified_lead", "not_interested", "callback", null);
    }
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

  Answer get(int page, int perPage, LocalDate from, LocalDate to) throws IOException {
    requests++;
    if (!resting) {
      while (random.nextInt(10) < changesPerTen) {
        change();
      }
      if (random.nextInt(20) < faultsPerTen) {
        return fault();
      }
    }
    int size = Math.min(perPage, clamp);
    List<Row> listed = listed(from, to);
    int asked = page;
    if (!resting && random.nextInt(40) == 0) {
      asked = any(1, Math.max(1, page - 1), page + 1);
    }
    int begin = Math.min(listed.size(), (asked - 1) * size);
    List<Row> shown = listed.subList(begin, Math.min(listed.size(), begin + size));
    if (!resting && shown.size() > 1 && random.nextInt(40) == 0) {
      shown = shown.subList(0, random.nextInt(shown.size()));
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

  private List<Row> listed(LocalDate from, LocalDate to) {
    List<Row> listed = new ArrayList<>();
    for (Row row : rows) {
      LocalDate day = row.created.atZone(ZoneOffset.UTC).toLocalDate();
      boolean after = from == null || !day.isBefore(from);
      boolean before = to == null || day.isBefore(to) || (endIncluded && day.equals(to));
      if (after && before) {
        listed.add(row);
      }
    }
    Comparator<Row> byTime = Comparator.comparing((Row row) -> row.created);
    switch (order) {
      case NEWEST_FIRST -> listed.sort(byTime.thenComparing(row -> row.id).reversed());
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
    return "history %d: %d calls, %s, clamp %d, total %+d, last page %+d, changes %d, faults %d%s%s"
        .formatted(
            seed,
            rows.size(),
            order,
            clamp,
            totalLie,
            lastPageLie,
            changesPerTen,
            faultsPerTen,
            poison < 0 ? "" : ", poison " + poison,
            broken < 0 ? "" : ", broken " + broken);
  }
}
