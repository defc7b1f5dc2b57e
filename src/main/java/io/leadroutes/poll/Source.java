package io.leadroutes.poll;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Requests;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/**
 * Where the calls of one account come from, and how they may be asked for.
 *
 * @param zone of timestamps that carry none, and of the days of a person
 * @param rule fingerprint of the rule that its calls are judged by
 * @param settle how long a finished call may stay without evaluation
 * @param beginning when its start was fixed as today, until it was read once; else null
 */
public record Source(
    Account account,
    String url,
    String token,
    int perPage,
    Duration timeout,
    RequestBudget budget,
    CallPageReader reader,
    ZoneId zone,
    String rule,
    Duration settle,
    ApiClock.Beginning beginning) {

  /** Reads an account's settings; says what is missing before anything is polled. */
  public static Source of(Settings own, Account account, String rule, Requests requests) {
    return new Source(
        account,
        baseUrl(own),
        token(own),
        own.number(Keys.CLICKSPEAK_PER_PAGE),
        own.duration(Keys.CLICKSPEAK_TIMEOUT),
        new RequestBudget(
            requests,
            account,
            own.number(Keys.CLICKSPEAK_REQUESTS_PER_MINUTE),
            own.number(Keys.CLICKSPEAK_REQUESTS_PER_10_SECONDS)),
        new CallPageReader(account.name(), own.zone(Keys.CLICKSPEAK_TIME_ZONE)),
        own.zone(Keys.CLICKSPEAK_TIME_ZONE),
        rule,
        own.duration(Keys.LEAD_SETTLE),
        null);
  }

  /** The same source, whose start was fixed at this moment. */
  Source beginning(ApiClock.Beginning now) {
    return new Source(
        account, url, token, perPage, timeout, budget, reader, zone, rule, settle, now);
  }

  /** Reads an account's settings alone, so that what is wrong shows before anything is opened. */
  public static void check(Settings own) {
    own.attempt(() -> of(own, new Account(0, "", "", 0, null, null), "", null));
    own.attempt(() -> startAt(own, Instant.EPOCH));
  }

  /** The same source after a pass that was accepted. */
  Source accepted(Kind kind, long startedAt) {
    Long full = kind == Kind.FULL ? Long.valueOf(startedAt) : account.acceptedAt();
    Long wide = kind == Kind.WIDE ? Long.valueOf(startedAt) : account.wideAt();
    Account later =
        new Account(account.id(), account.name(), account.leadKey(), account.startAt(), full, wide);
    ApiClock.Beginning begins = full == null ? beginning : null;
    return new Source(
        later, url, token, perPage, timeout, budget, reader, zone, rule, settle, begins);
  }

  /** The machine that is asked, with its port. */
  String host() {
    return URI.create(url).getAuthority();
  }

  public static String baseUrl(Settings own) {
    return own.url(Keys.CLICKSPEAK_BASE_URL);
  }

  static String token(Settings own) {
    String token = own.required(Keys.CLICKSPEAK_TOKEN);
    if (!token.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\'')) {
      own.refuse(
          Keys.CLICKSPEAK_TOKEN,
          " holds characters that no token has: copy it again, without quotes.");
    }
    return token;
  }

  /** The first start's beginning: calls created before it are never delivered. */
  public static Instant startAt(Settings own, Instant now) {
    ZoneId zone = own.zone(Keys.CLICKSPEAK_TIME_ZONE);
    String start = own.text(Keys.POLL_START);
    return switch (start) {
      case "today" -> now.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
      case "all" -> Instant.EPOCH;
      default -> {
        try {
          yield LocalDate.parse(start).atStartOfDay(zone).toInstant();
        } catch (DateTimeParseException e) {
          throw new SettingsException(
              "poll.start="
                  + start
                  + " is no start: write today, all, or a date such as 2026-01-31.");
        }
      }
    };
  }

  /**
   * The first day a pass asks for: the look-back before the last accepted pass, further back to the
   * oldest call that is still open, and a day more because the API's time zone is not known. Never
   * further back than the wide look-back, but for the very first pass.
   *
   * @param now when the pass starts
   * @param oldestOpen when the oldest call that keeps windows open was created, or null
   * @return null for all calls there are
   */
  static LocalDate dateFrom(
      Account account, Instant now, Duration lookBack, Duration wideLookBack, Long oldestOpen) {
    if (account.acceptedAt() == null && account.startAt() == 0) {
      return null;
    }
    Instant from =
        account.acceptedAt() == null
            ? now.minus(lookBack)
            : earlier(now, Instant.ofEpochMilli(account.acceptedAt())).minus(lookBack);
    if (oldestOpen != null) {
      from = earlier(from, Instant.ofEpochMilli(oldestOpen));
    }
    if (from.isBefore(now.minus(wideLookBack))) {
      from = now.minus(wideLookBack);
    }
    if (account.acceptedAt() == null) {
      from = earlier(from, Instant.ofEpochMilli(account.startAt()));
    }
    return from.atZone(ZoneOffset.UTC).toLocalDate().minusDays(1);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /** Prints the account only; the token is a secret. */
  @Override
  public String toString() {
    return "Source[" + account.name() + "]";
  }
}
