package io.leadroutes.flow;

import static net.bytebuddy.matcher.ElementMatchers.any;
import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesNoArguments;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.AgentBuilder.RedefinitionStrategy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;

/**
 * A Java agent that sets the clock of its process wrong: what {@link Instant} and all clocks of
 * {@code java.time} say, and {@link System#currentTimeMillis} where this program asks for it.
 */
public final class ShiftedClock {

  private ShiftedClock() {}

  /** The property that holds the present shift in milliseconds, found from any class. */
  private static final String SHIFT = "shifted.clock";

  private static final String STEPS = "steps:";

  /** Of a method that returns an instant. */
  static final class OfInstant {

    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) Instant now) {
      now = now.plusMillis(Long.getLong("shifted.clock", 0L));
    }
  }

  /** Of a method that returns milliseconds. */
  static final class OfMillis {

    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) long now) {
      now = now + Long.getLong("shifted.clock", 0L);
    }
  }

  /** Stands in for {@link System#currentTimeMillis}. */
  public static long currentTimeMillis() {
    return Instant.now().toEpochMilli();
  }

  /**
   * Called by the JVM before the program.
   *
   * @param way how many milliseconds ahead of its true time the clock is, negative for behind; or
   *     the seed of steps to come
   */
  public static void premain(String way, Instrumentation instrumentation) throws Exception {
    boolean steps = way.startsWith(STEPS);
    long shift = steps ? 0 : Long.parseLong(way);
    System.setProperty(SHIFT, String.valueOf(shift));
    var substitute = ShiftedClock.class.getMethod("currentTimeMillis");
    new AgentBuilder.Default(new ByteBuddy())
        .ignore(none())
        .disableClassFormatChanges()
        .with(RedefinitionStrategy.RETRANSFORMATION)
        .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
        .type(nameStartsWith("java.time.Clock"))
        .transform(
            (builder, type, loader, module, domain) ->
                builder
                    .visit(Advice.to(OfInstant.class).on(named("currentInstant").and(isStatic())))
                    .visit(Advice.to(OfMillis.class).on(named("millis").and(takesNoArguments()))))
        .type(nameStartsWith("io.leadroutes.").and(not(named(ShiftedClock.class.getName()))))
        .transform(
            (builder, type, loader, module, domain) ->
                builder.visit(
                    MemberSubstitution.relaxed()
                        .method(named("currentTimeMillis"))
                        .replaceWith(substitute)
                        .on(any())))
        .installOn(instrumentation);
    long wrong = Instant.now().toEpochMilli() - System.currentTimeMillis();
    if (Math.abs(wrong - shift) > 60_000) {
      throw new IllegalStateException("The clock is wrong by " + wrong + " ms, not by " + way);
    }
    if (steps) {
      Thread setting =
          new Thread(() -> step(new Random(Long.parseLong(way.substring(6)))), "clock");
      setting.setDaemon(true);
      setting.start();
    }
  }

  /** Somebody sets the clock again and again, by up to an hour and a half from its true time. */
  private static void step(Random random) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(1500));
        long shift = Duration.ofMinutes(random.nextInt(181) - 90).toMillis();
        System.setProperty(SHIFT, String.valueOf(shift));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The option that starts a JVM with a wrong clock.
   *
   * @param directory where the agent's jar is written
   */
  static String option(Path directory, Duration shift) throws IOException {
    return "-javaagent:" + jar(directory) + "=" + shift.toMillis();
  }

  /** The option that starts a JVM whose clock is set at random moments. */
  static String steps(Path directory, long seed) throws IOException {
    return "-javaagent:" + jar(directory) + "=" + STEPS + seed;
  }

  private static Path jar(Path directory) throws IOException {
    Path jar = directory.resolve("shifted-clock.jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(new Attributes.Name("Premain-Class"), ShiftedClock.class.getName());
    attributes.put(new Attributes.Name("Can-Retransform-Classes"), "true");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        ByteBuddy.class.getProtectionDomain().getCodeSource().getLocation().toString());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> part : new Class<?>[] {ShiftedClock.class, OfInstant.class, OfMillis.class}) {
        String name = part.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = part.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(out);
        }
      }
    }
    return jar;
  }
}
