package io.leadroutes.conventions;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.leadroutes.delivery.Sink;
import io.leadroutes.judge.Filter;
import io.leadroutes.settings.Extension;
import java.text.NumberFormat;
import java.text.SimpleDateFormat;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which package may use which: the arrows of the architecture, all one way. */
class PackageArrowsTest {

  private static final String ROOT = "io.leadroutes.";

  /** A package and those it may use. */
  private static final Map<String, List<String>> ARROWS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("settings", List.of()),
              Map.entry("http", List.of()),
              Map.entry("log", List.of()),
              Map.entry("sandbox", List.of()),
              Map.entry("call", List.of()),
              Map.entry("lead", List.of("call", "settings")),
              Map.entry("judge", List.of("call", "lead", "settings")),
              Map.entry("ledger", List.of("call", "lead", "judge", "settings")),
              Map.entry(
                  "poll", List.of("call", "lead", "judge", "ledger", "settings", "http", "log")),
              Map.entry("delivery", List.of("lead", "ledger", "settings", "http", "log")),
              Map.entry("watch", List.of("ledger", "settings", "log")),
              Map.entry("console", List.of("settings"))));

  /** What the package of a sink may use; it need not be named above. */
  private static final List<String> OF_A_SINK =
      List.of("call", "lead", "delivery", "settings", "http", "log");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.leadroutes");

  static {
    CLASSES.stream()
        .filter(c -> !c.isInterface() && c.isAssignableTo(Sink.class))
        .forEach(sink -> ARROWS.put(feature(sink), OF_A_SINK));
  }

  private static String feature(JavaClass of) {
    return of.getPackageName().substring(ROOT.length()).split("\\.")[0];
  }

  @Test
  void arrows_between_packages_go_one_way() {
    ARROWS.forEach(
        (name, allowed) -> {
          List<String> others = new ArrayList<>(ARROWS.keySet());
          others.add("cli");
          others.remove(name);
          others.removeAll(allowed);
          noClasses()
              .that()
              .resideInAPackage(ROOT + name + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others.stream().map(o -> ROOT + o + "..").toArray(String[]::new))
              .check(CLASSES);
        });
  }

  @Test
  void decisions_know_nothing_of_camel() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.leadroutes.call..",
            "io.leadroutes.judge..",
            "io.leadroutes.lead..",
            "io.leadroutes.ledger..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.camel..")
        .check(CLASSES);
  }

  /** Clocks of processes differ; only the database's says what lapsed. */
  @Test
  void what_is_claimed_and_looked_up_goes_by_the_ledgers_clock() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.leadroutes.ledger..",
            "io.leadroutes.delivery..",
            "io.leadroutes.slack..",
            "io.leadroutes.salesforce..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Clock.class)
        .check(CLASSES);
  }

  /**
   * What these do depends on the machine's language, encoding or time zone: digits that are no
   * ASCII in a request, a dotless i in a key, a name as question marks.
   */
  private static final Set<String> BY_THE_MACHINE =
      Set.of(
          "java.lang.String.format(java.lang.String, [Ljava.lang.Object;)",
          "java.lang.String.formatted([Ljava.lang.Object;)",
          "java.lang.String.toLowerCase()",
          "java.lang.String.toUpperCase()",
          "java.lang.String.getBytes()",
          "java.lang.String.<init>([B)",
          "java.lang.String.<init>([B, int, int)",
          "java.io.ByteArrayOutputStream.toString()",
          "java.io.InputStreamReader.<init>(java.io.InputStream)",
          "java.io.OutputStreamWriter.<init>(java.io.OutputStream)",
          "java.io.PrintStream.<init>(java.io.OutputStream)",
          "java.io.PrintStream.<init>(java.io.OutputStream, boolean)",
          "java.io.PrintStream.<init>(java.io.File)",
          "java.io.PrintStream.<init>(java.lang.String)",
          "java.io.PrintStream.format(java.lang.String, [Ljava.lang.Object;)",
          "java.io.PrintStream.printf(java.lang.String, [Ljava.lang.Object;)",
          "java.io.PrintWriter.<init>(java.io.OutputStream)",
          "java.io.PrintWriter.<init>(java.io.OutputStream, boolean)",
          "java.io.PrintWriter.<init>(java.io.File)",
          "java.io.PrintWriter.<init>(java.lang.String)",
          "java.io.PrintWriter.format(java.lang.String, [Ljava.lang.Object;)",
          "java.io.PrintWriter.printf(java.lang.String, [Ljava.lang.Object;)",
          "java.io.FileReader.<init>(java.io.File)",
          "java.io.FileReader.<init>(java.lang.String)",
          "java.io.FileWriter.<init>(java.io.File)",
          "java.io.FileWriter.<init>(java.io.File, boolean)",
          "java.io.FileWriter.<init>(java.lang.String)",
          "java.io.FileWriter.<init>(java.lang.String, boolean)",
          "java.net.URLDecoder.decode(java.lang.String)",
          "java.net.URLEncoder.encode(java.lang.String)",
          "java.nio.charset.Charset.defaultCharset()",
          "java.text.Collator.getInstance()",
          "java.text.MessageFormat.<init>(java.lang.String)",
          "java.text.MessageFormat.format(java.lang.String, [Ljava.lang.Object;)",
          "java.time.LocalDate.now()",
          "java.time.LocalDateTime.now()",
          "java.time.LocalTime.now()",
          "java.time.ZoneId.systemDefault()",
          "java.time.ZonedDateTime.now()",
          "java.time.OffsetDateTime.now()",
          "java.time.format.DateTimeFormatter.ofPattern(java.lang.String)",
          "java.time.format.DateTimeFormatterBuilder.toFormatter()",
          "java.util.Formatter.<init>()",
          "java.util.Formatter.<init>(java.lang.Appendable)",
          "java.util.Locale.getDefault()",
          "java.util.Locale.getDefault(java.util.Locale$Category)",
          "java.util.Scanner.<init>(java.io.InputStream)",
          "java.util.Scanner.<init>(java.io.File)",
          "java.util.Scanner.<init>(java.nio.file.Path)",
          "java.util.TimeZone.getDefault()");

  @Test
  void nothing_depends_on_the_language_encoding_or_time_zone_of_the_machine() {
    noClasses()
        .that()
        // Camel's generated sources.
        .haveSimpleNameNotEndingWith("Configurer")
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "a locale, a charset or a zone is left to the machine",
                access ->
                    BY_THE_MACHINE.contains(access.getTarget().getFullName())
                        || access.getTargetOwner().isAssignableTo(NumberFormat.class)
                            && !access.getTarget().getFullName().contains("Locale")))
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(SimpleDateFormat.class)
        .check(CLASSES);
  }

  @Test
  void every_package_is_in_the_picture() {
    assertThat(
            CLASSES.stream()
                .map(PackageArrowsTest::feature)
                .filter(name -> !name.equals("cli"))
                .collect(Collectors.toSet()))
        .isEqualTo(ARROWS.keySet());
  }

  @Test
  void every_filter_and_every_sink_is_registered() {
    assertThat(registered(Filter.class)).containsAll(implementing(Filter.class));
    assertThat(registered(Sink.class)).containsAll(implementing(Sink.class));
  }

  private static <T extends Extension> List<String> registered(Class<T> kind) {
    return Extension.all(kind).values().stream().map(one -> one.getClass().getName()).toList();
  }

  private static List<String> implementing(Class<?> kind) {
    return CLASSES.stream()
        .filter(c -> !c.isInterface() && c.isAssignableTo(kind))
        .map(JavaClass::getName)
        .toList();
  }

  @Test
  void a_class_is_named_for_what_it_is() {
    assertThat(CLASSES.stream().map(c -> c.getSimpleName()))
        .noneMatch(name -> name.matches(".*(Impl|Helper|Manager|Util|Utils)$"));
  }
}
