package io.leadroutes.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/** One line of a file: a lead's version as a JSON object, ended by a newline. */
final class LeadLine {

  /** A call that is delivered has 8 MiB at most; a longer name or number somebody else wrote. */
  private static final int LONGEST = 8 * 1024 * 1024;

  private static final int MAX_ID = 20;

  /**
   * Reads whatever it wrote: a long name or number is no reason to write it twice. Texts may have
   * any length, because they are passed over.
   */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(LONGEST)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(LONGEST)
                  .build())
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .build();

  private LeadLine() {}

  /** Which line it is, within an account. */
  record Key(long id, long version) {

    static Key of(Delivery delivery) {
      return new Key(delivery.lead().callId(), delivery.version());
    }
  }

  /** Appends the delivery's line. */
  static void write(OutputStream out, Delivery delivery, Instant deliveredAt) throws IOException {
    LeadJson.write(out, delivery, deliveredAt);
    out.write('\n');
  }

  /** The key of a whole line of ours; empty for anything else that may stand in the file. */
  static Optional<Key> key(InputStream line) {
    Long id = null;
    Long version = null;
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean number =
            json.nextToken() == JsonToken.VALUE_NUMBER_INT && json.getTextLength() <= MAX_ID;
        if (number && name.equals("id") && id == null) {
          id = json.getLongValue();
        } else if (number && name.equals("version") && version == null) {
          version = json.getLongValue();
        } else {
          json.skipChildren();
        }
      }
      boolean whole = json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
      return whole && id != null && version != null
          ? Optional.of(new Key(id, version))
          : Optional.empty();
    } catch (IOException e) {
      // somebody else's line, or what a crash left of one
      return Optional.empty();
    }
  }
}
