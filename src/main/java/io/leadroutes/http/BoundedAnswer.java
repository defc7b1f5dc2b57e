package io.leadroutes.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The body of an answer, which ends with an exception when it is larger than anybody means. Who
 * leaves before its end hangs up: the client would read the rest first, however long it is.
 */
final class BoundedAnswer extends HttpEntityWrapper {

  /** Unpacked. A page of calls has a lower bound of its own. */
  static final long MOST_BYTES = 40L * 1024 * 1024;

  private final Runnable hangUp;

  BoundedAnswer(HttpEntity answer, Runnable hangUp) {
    super(answer);
    this.hangUp = hangUp;
  }

  @Override
  public InputStream getContent() throws IOException {
    InputStream content = super.getContent();
    return content == null ? null : new Content(content);
  }

  private final class Content extends FilterInputStream {

    private long read;
    private boolean ended;

    Content(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = in.read();
      count(one < 0 ? -1 : 1);
      return one;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      int some = in.read(into, from, most);
      count(some);
      return some;
    }

    private void count(int bytes) throws IOException {
      ended |= bytes < 0;
      read += Math.max(0, bytes);
      if (read > MOST_BYTES) {
        hangUp.run();
        throw new IOException("The answer is larger than " + MOST_BYTES + " bytes.");
      }
    }

    @Override
    public void close() throws IOException {
      if (!ended) {
        hangUp.run();
      }
      super.close();
    }
  }
}
