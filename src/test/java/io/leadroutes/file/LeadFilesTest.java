package io.leadroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.leadroutes.delivery.Places;
import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G2: lines are appended, found and cut. */
class LeadFilesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T23:59:59.999999Z");
  private static final String TODAY = "leads-2026-03-01.jsonl";

  @TempDir Path directory;

  private final List<String> noted = new ArrayList<>();

  @Test
  void a_line_has_the_documented_fields_in_their_order() throws IOException {
    files().append(List.of(Deliveries.first(1)));

    assertThat(Files.readString(today()))
        .isEqualTo(
            """
            {"id":1,"account":"default","version":1,"deliveredAt":"2026-03-01T23:59:59.999Z",\
            "name":"Ada Lovelace","firstName":"Ada","lastName":"Lovelace","email":"ada@example.org",\
            "phone":"+44 20 7946 0000","company":"Engines Ltd","outcome":"qualified_lead",\
            "evaluation":{"outcome":"qualified_lead","score":"87"},\
            "variables":{"campaign_code":"Engines Ltd","tags":"[\\"a\\",true]","nothing":null},\
            "type":"outbound","status":"completed","answeredBy":"human","durationSeconds":95,\
            "assistant":"Assistant","assistantPhoneNumber":"+1",\
            "clientPhoneNumber":"+44 20 7946 0000","campaign":"Engines Ltd",\
            "transcript":"Agent: Hello\\nCustomer: Hi",\
            "recordingUrl":"https://recordings.example.org/1.mp3?a=1&b=2","carrierCost":0.10,\
            "totalCost":0.25,"webhookResponse":null,\
            "createdAt":"2026-03-01T09:00:00Z","updatedAt":"2026-03-01T09:05:00.500Z"}
            """
                .replace(
                    "\"evaluation\":{\"outcome\":\"qualified_lead\",\"score\":\"87\"}",
                    evaluation()));
  }

  @Test
  void the_place_is_noted_before_a_byte_is_written() throws IOException {
    Files.createDirectories(today().getParent());
    Files.writeString(today(), "older\n");
    List<Long> sizes = new ArrayList<>();

    List<Outcome> outcomes = files((batch, place) -> sizes.add(size(today()))).append(batch(1, 2));

    assertThat(sizes).containsExactly(6L);
    assertThat(outcomes).containsExactly(Outcome.delivered(), Outcome.delivered());
    assertThat(ids()).containsExactly(1L, 2L);
  }

  @Test
  void the_note_names_folder_file_and_offset() {
    files().append(batch(1));
    files().append(batch(2));

    assertThat(noted)
        .containsExactly("default/" + TODAY + "@0", "default/" + TODAY + "@" + size(today()) / 2);
  }

  @Test
  void nothing_is_written_when_the_claim_has_lapsed() {
    LeadFiles files =
        files(
            (batch, place) -> {
              throw new IllegalStateException("lapsed");
            });

    assertThatThrownBy(() -> files.append(batch(1))).hasMessage("lapsed");
    assertThat(size(today())).isZero();
  }

  /** As when the process was suspended after the note. */
  @Test
  void nothing_is_written_when_the_claim_lapses_after_the_note() {
    SendLimit lapsed =
        new SendLimit(new SendLimit.Moment(System.nanoTime() - 2, 0), Duration.ofNanos(1));

    lapsed.during(() -> files().append(batch(1)));

    assertThat(noted).hasSize(1);
    assertThat(size(today())).isZero();
    assertThat(lapsed.hasRefused()).isTrue();
  }

  @Test
  void a_line_that_was_written_before_the_crash_is_not_written_again() throws IOException {
    files().append(batch(1, 2));

    List<Outcome> outcomes =
        files().append(List.of(again(1, TODAY + "@0"), again(2, TODAY + "@0"), again(3, null)));

    assertThat(outcomes)
        .extracting(Outcome::kind)
        .containsExactly(Kind.ALREADY_THERE, Kind.ALREADY_THERE, Kind.DELIVERED);
    assertThat(ids()).containsExactly(1L, 2L, 3L);
    assertThat(noted).hasSize(2);
  }

  @Test
  void a_line_that_was_written_under_the_accounts_former_name_is_not_written_again()
      throws IOException {
    Path former = directory.resolve("acme").resolve(TODAY);
    Files.createDirectories(former.getParent());
    Files.writeString(former, "{\"id\":1,\"version\":1}\n{\"id\":2,\"vers");

    files().append(List.of(again(1, "acme/" + TODAY + "@0"), again(2, "acme/" + TODAY + "@23")));

    assertThat(Files.readString(former)).isEqualTo("{\"id\":1,\"version\":1}\n");
    assertThat(ids()).containsExactly(2L);
  }

  @Test
  void a_torn_line_is_cut_and_written_again_whole() throws IOException {
    files().append(batch(1, 2));
    byte[] whole = Files.readAllBytes(today());
    for (int length = whole.length - 1; length > whole.length / 2; length -= 37) {
      Files.write(today(), java.util.Arrays.copyOf(whole, length));

      files().append(List.of(again(1, TODAY + "@0"), again(2, TODAY + "@0")));

      assertThat(ids()).as("cut at %s", length).containsExactly(1L, 2L);
    }
  }

  @Test
  void a_torn_line_of_another_day_is_cut_there_and_written_today() throws IOException {
    Path yesterday = today().resolveSibling("leads-2026-02-28.jsonl");
    Files.createDirectories(yesterday.getParent());
    Files.writeString(yesterday, "{\"id\":9,\"version\":1}\n{\"id\":1,\"vers");

    files().append(List.of(again(1, "leads-2026-02-28.jsonl@21")));

    assertThat(Files.readString(yesterday)).isEqualTo("{\"id\":9,\"version\":1}\n");
    assertThat(ids()).containsExactly(1L);
  }

  @Test
  void a_line_of_yesterday_counts_today() throws IOException {
    Path yesterday = today().resolveSibling("leads-2026-02-28.jsonl");
    Files.createDirectories(yesterday.getParent());
    Files.writeString(yesterday, "{\"id\":1,\"version\":1}\n");

    assertThat(files().append(List.of(again(1, "leads-2026-02-28.jsonl@0"))))
        .containsExactly(Outcome.alreadyThere(null, null));
    assertThat(today()).doesNotExist();
  }

  @Test
  void what_a_restored_ledger_forgot_is_looked_for_in_the_files_of_all_days_since()
      throws IOException {
    Files.createDirectories(today().getParent());
    Path before = today().resolveSibling("leads-2026-02-28.jsonl");
    Files.writeString(before, "{\"id\":1,\"version\":1}\n");
    Files.writeString(today(), "{\"id\":9,\"version\":1}\n{\"id\":2,\"version\":1}\n");
    Path after = today().resolveSibling("leads-2026-03-02.jsonl");
    Files.writeString(after, "{\"id\":3,\"version\":1}\n{\"id\":4,\"vers");
    Files.writeString(today().resolveSibling("leads-2026-03-02.jsonl.old"), "");

    List<Outcome> outcomes =
        files()
            .append(
                LongStream.rangeClosed(1, 4)
                    .mapToObj(id -> again(id, Delivery.Earlier.FORGOTTEN))
                    .toList());

    assertThat(outcomes).hasSize(4).allMatch(Outcome::arrived);
    assertThat(ids()).containsExactly(9L, 2L, 1L, 4L);
    assertThat(Files.readString(after)).isEqualTo("{\"id\":3,\"version\":1}\n");
  }

  @Test
  void another_version_of_the_lead_is_another_line() throws IOException {
    Files.createDirectories(today().getParent());
    Files.writeString(today(), "{\"id\":1,\"version\":2}\n");

    files().append(List.of(again(1, TODAY + "@0")));

    assertThat(Files.readAllLines(today())).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{\"id\":1}",
        "{\"id\":\"1\",\"version\":1}",
        "{\"id\":1,\"version\":1",
        "{\"id\":1,\"version\":1}}",
        "{\"a\":{\"id\":1,\"version\":1},\"id\":2,\"version\":1}",
        "{\"id\":99999999999999999999,\"version\":1}",
        "\u0000\u0000",
        "id,version"
      })
  void a_foreign_line_is_left_alone_and_is_no_delivery(String foreign) throws IOException {
    Files.createDirectories(today().getParent());
    Files.writeString(today(), foreign + "\n");

    files().append(List.of(again(1, TODAY + "@0")));

    assertThat(Files.readAllLines(today())).hasSize(2).first().isEqualTo(foreign);
  }

  @Test
  void only_the_owner_reads_files_and_folders() throws IOException {
    files().append(batch(1));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(today())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(today().getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void a_foreign_line_that_is_larger_than_any_memory_is_passed_over() throws IOException {
    files().append(batch(1, 2));
    try (RandomAccessFile file = new RandomAccessFile(today().toFile(), "rw")) {
      // A hole, which takes no room on the disk.
      file.seek(file.length() + Integer.MAX_VALUE + 100L);
      file.write('\n');
    }

    files().append(batch(3));

    List<Outcome> outcomes =
        files().append(List.of(again(3, TODAY + "@0"), again(4, TODAY + "@0")));

    assertThat(outcomes)
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.ALREADY_THERE, Outcome.Kind.DELIVERED);
  }

  @Test
  void a_file_that_was_rewritten_since_is_read_from_its_beginning() throws IOException {
    files().append(batch(1, 2));
    long offset = size(today()) / 2 + 3;

    files().append(List.of(again(1, TODAY + "@" + offset), again(2, TODAY + "@999999")));

    assertThat(ids()).containsExactly(1L, 2L);
  }

  @Test
  void a_file_that_was_moved_away_is_begun_again() throws IOException {
    files().append(List.of(again(1, TODAY + "@4000")));

    assertThat(ids()).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../secret@0", "../leads-2026-03-01.jsonl@0", "a/b/" + TODAY + "@0"})
  void a_place_that_no_file_sink_noted_reaches_no_path(String place) {
    assertThatThrownBy(() -> files().append(List.of(again(1, place))))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void hostile_text_is_one_line_of_json_and_found_again(String text) throws IOException {
    Delivery delivery = Deliveries.of(1, Deliveries.hostile(1, text));

    files().append(List.of(delivery));
    List<Outcome> outcomes =
        files()
            .append(
                List.of(
                    new Delivery(
                        1,
                        "default",
                        delivery.lead(),
                        1,
                        2,
                        null,
                        null,
                        true,
                        Deliveries.noted(TODAY + "@0"),
                        8)));

    assertThat(outcomes).containsExactly(Outcome.alreadyThere(null, null));
    String written = Files.readString(today());
    assertThat(written.lines()).hasSize(1);
    JsonNode line = new ObjectMapper().readTree(written);
    String readable = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(line.path("transcript").asText()).isEqualTo(readable);
    assertThat(new ObjectMapper().readTree(line.path("evaluation").path(readable).asText()).path(0))
        .isEqualTo(TextNode.valueOf(readable));
    assertThat(Files.list(directory)).hasSize(1);
  }

  @Test
  void a_lead_of_whom_nothing_is_known_is_a_line_of_nulls() throws IOException {
    files().append(List.of(Deliveries.of(1, Deliveries.bare(1))));

    JsonNode line = new ObjectMapper().readTree(Files.readString(today()));
    assertThat(line.path("name").isNull()).isTrue();
    assertThat(line.path("evaluation").isObject()).isTrue();
  }

  @Test
  void large_batches_are_written_in_parts_that_are_noted_one_by_one() throws IOException {
    LeadFiles files = new LeadFiles(settings(), this::note, clock(), 2000, FileChannel::open);

    List<Outcome> outcomes = files.append(batch(LongStream.rangeClosed(1, 50).toArray()));

    assertThat(outcomes).hasSize(50).containsOnly(Outcome.delivered());
    assertThat(noted).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    assertThat(ids()).containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
  }

  @Test
  void several_threads_never_mix_their_lines() throws IOException {
    LeadFiles files = new LeadFiles(settings(), (batch, place) -> {}, clock());

    CompletableFuture.allOf(
            IntStream.range(0, 8)
                .mapToObj(
                    n ->
                        CompletableFuture.runAsync(
                            () -> {
                              for (int i = 0; i < 10; i++) {
                                files.append(batch(n * 100 + i));
                              }
                            }))
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(ids()).hasSize(80).doesNotHaveDuplicates();
  }

  @Test
  void a_directory_that_is_gone_is_made_again() throws IOException {
    LeadFiles files = files();
    files.append(batch(1));
    Files.delete(today());
    Files.delete(today().getParent());

    files.append(batch(2));

    assertThat(ids()).containsExactly(2L);
  }

  @Test
  void what_was_claimed_and_not_noted_yet_was_not_written() throws IOException {
    assertThat(files().append(List.of(again(1, "file default"))))
        .containsExactly(Outcome.delivered());
    assertThat(ids()).containsExactly(1L);
  }

  @Test
  void a_place_that_cannot_be_written_pauses_the_sink_and_names_the_key() throws IOException {
    Files.createDirectories(today());

    List<Outcome> outcomes = files().append(batch(1, 2));

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.PAUSED);
    assertThat(outcomes.get(0).reason())
        .startsWith("file.directory " + directory + " is not writable: ");
  }

  @Test
  void a_full_disk_waits_and_leaves_nothing_behind() throws IOException {
    Path full = Path.of("/dev/full");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full));
    Files.createDirectories(today().getParent());
    Files.createSymbolicLink(today(), full);

    List<Outcome> outcomes = files().append(batch(1));

    assertThat(outcomes.get(0).kind()).isIn(Kind.SINK_DOWN, Kind.UNKNOWN, Kind.PAUSED);
    assertThat(outcomes.get(0).reason()).contains("file.directory");
  }

  @Test
  void a_directory_that_cannot_be_made_stops_the_start() throws IOException {
    Path taken = Files.writeString(directory.resolve("taken"), "");

    assertThatThrownBy(
            () ->
                LeadFiles.check(
                    SinkRoute.settings(Map.of("file.directory", taken.resolve("x").toString()))))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("file.directory " + taken.resolve("x") + " is not writable: ");
  }

  private LeadFiles files() {
    return files(this::note);
  }

  private LeadFiles files(Places places) {
    return new LeadFiles(settings(), places, clock());
  }

  private void note(List<Delivery> batch, String place) {
    noted.add(place);
  }

  private io.leadroutes.settings.Settings settings() {
    return SinkRoute.settings(Map.of("file.directory", directory.toString()));
  }

  private Path today() {
    return directory.resolve("default").resolve(TODAY);
  }

  private List<Long> ids() throws IOException {
    List<Long> ids = new ArrayList<>();
    for (String line : Files.readString(today()).split("\n")) {
      if (line.startsWith("{")) {
        ids.add(new ObjectMapper().readTree(line).path("id").asLong());
      }
    }
    return ids;
  }

  private static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  private static String evaluation() throws IOException {
    return "\"evaluation\":"
        + new ObjectMapper()
            .writeValueAsString(Deliveries.lead(1).evaluation())
            .replace(":87", ":\"87\"");
  }

  private static Delivery again(long id, String place) {
    return Deliveries.unknown(id, Deliveries.noted(place));
  }

  private static List<Delivery> batch(long... ids) {
    return LongStream.of(ids).mapToObj(Deliveries::first).toList();
  }
}
