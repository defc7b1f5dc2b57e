package io.leadroutes.ledger;

import io.leadroutes.call.RawRecord;
import io.leadroutes.call.SetAside;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Records of a list that cannot be read: kept once each, as long as there is room. */
public final class SetAsides {

  private static final String KEEP =
      """
      INSERT INTO set_aside (account_id, hash, reason, raw, seen_at)
      VALUES (:account, :hash, :reason, :raw, <now>) ON CONFLICT (account_id, hash) DO NOTHING
      """;

  /** Records of an account that cannot be read and are kept all the same. */
  private static final int MOST = 1000;

  private static final long MAX_BYTES = 16L * 1024 * 1024;

  private static final int HASHES_AT_ONCE = 1000;

  private final Ledger ledger;

  public SetAsides(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Notes that a record keeps its page from being read, where the list shows it behind a call. */
  public void hidden(Account account, String place, String reason) {
    ledger.writer.write(
        h -> {
          int kept =
              h.createQuery("SELECT COUNT(*) FROM set_aside WHERE account_id = :account")
                  .bind("account", account.id())
                  .mapTo(Integer.class)
                  .one();
          return kept < MOST ? keep(h, account.id(), hash(place), reason, "") : 0;
        });
  }

  /** By the hashes of what they are known by. */
  static Map<String, SetAside> byHash(List<SetAside> records) {
    Map<String, SetAside> byHash = new LinkedHashMap<>();
    records.forEach(record -> byHash.put(hash(record.identity()), record));
    return byHash;
  }

  /**
   * Keeps records that were not seen before, as long as there is room; how many the list has in all
   * is noted with each pass.
   *
   * @param records by the hashes of what they are known by
   * @return how many were kept
   */
  static int keep(Handle h, long account, Map<String, SetAside> records) {
    if (records.isEmpty()) {
      return 0;
    }
    Map<String, SetAside> fresh = new LinkedHashMap<>(records);
    List<String> hashes = List.copyOf(records.keySet());
    for (int from = 0; from < hashes.size(); from += HASHES_AT_ONCE) {
      h.createQuery("SELECT hash FROM set_aside WHERE account_id = :account AND hash IN (<hashes>)")
          .bind("account", account)
          .bindList("hashes", hashes.subList(from, Math.min(hashes.size(), from + HASHES_AT_ONCE)))
          .mapTo(String.class)
          .forEach(fresh::remove);
    }
    if (fresh.isEmpty()) {
      return 0;
    }
    long[] kept =
        h.createQuery(
                """
                SELECT COUNT(*) AS records, COALESCE(SUM(OCTET_LENGTH(raw)), 0) AS bytes
                FROM set_aside WHERE account_id = :account
                """)
            .bind("account", account)
            .map((rs, ctx) -> new long[] {rs.getLong("records"), rs.getLong("bytes")})
            .one();
    int count = 0;
    for (Map.Entry<String, SetAside> record : fresh.entrySet()) {
      RawRecord raw = record.getValue().raw();
      kept[0]++;
      kept[1] += raw.end() - raw.start();
      if (kept[0] > MOST || kept[1] > MAX_BYTES) {
        break;
      }
      count += keep(h, account, record.getKey(), record.getValue().reason(), raw.json());
    }
    return count;
  }

  private static int keep(Handle h, long account, String hash, String reason, String raw) {
    return h.createUpdate(KEEP)
        .bind("account", account)
        .bind("hash", hash)
        .bind("reason", reason)
        .bind("raw", raw)
        .execute();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
