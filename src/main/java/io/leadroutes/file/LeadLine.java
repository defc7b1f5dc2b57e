package io.leadroutes.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/** One line of a file: a lead's version as a JSON object, ended by a newline. */
final class LeadLine {

  /** Reads whatever it wrote: a name or a text of any length is no reason to write it twice. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
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
  static Optional<Key> key(byte[] line, int length) {
    Long id = null;
    Long version = null;
    try (JsonParser json = JSON.createParser(line, 0, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean number = json.nextToken() == JsonToken.VALUE_NUMBER_INT;
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
