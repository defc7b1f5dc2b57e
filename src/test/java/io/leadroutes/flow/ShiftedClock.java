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
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  /** Marks the shift in milliseconds, which becomes a constant of the changed methods. */
  @Retention(RetentionPolicy.RUNTIME)
  @interface Shift {}

  /** Of a method that returns an instant. */
  static final class OfInstant {

    @Advice.OnMethodExit
    static void exit(@Shift long millis, @Advice.Return(readOnly = false) Instant now) {
      now = now.plusMillis(millis);
    }
  }

  /** Of a method that returns milliseconds. */
  static final class OfMillis {

    @Advice.OnMethodExit
    static void exit(@Shift long millis, @Advice.Return(readOnly = false) long now) {
      now = now + millis;
    }
  }

  /** Stands in for {@link System#currentTimeMillis}. */
  public static long currentTimeMillis() {
    return Instant.now().toEpochMilli();
  }

  /**
   * Called by the JVM before the program.
   *
   * @param millis how far ahead of its true time the clock is, negative for behind
   */
  public static void premain(String millis, Instrumentation instrumentation) throws Exception {
    long shift = Long.parseLong(millis);
    Advice.WithCustomMapping advice = Advice.withCustomMapping().bind(Shift.class, shift);
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
                    .visit(advice.to(OfInstant.class).on(named("currentInstant").and(isStatic())))
                    .visit(advice.to(OfMillis.class).on(named("millis").and(takesNoArguments()))))
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
      throw new IllegalStateException("The clock is wrong by " + wrong + " ms, not by " + millis);
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
      for (Class<?> part :
          new Class<?>[] {ShiftedClock.class, Shift.class, OfInstant.class, OfMillis.class}) {
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
