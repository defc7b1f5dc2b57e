package io.leadroutes.http;

import io.leadroutes.http.Deadlines.Watched;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The body of an answer, which ends with an exception when it is larger than anybody means or takes
 * longer. Who leaves before its end hangs up: the client would read the rest first, however long it
 * is.
 */
final class BoundedAnswer extends HttpEntityWrapper {

  private final long mostBytes;
  private final Runnable hangUp;
  private final Watched watched;

  /**
   * @param mostBytes unpacked
   */
  BoundedAnswer(HttpEntity answer, long mostBytes, Runnable hangUp, Watched watched) {
    super(answer);
    this.mostBytes = mostBytes;
    this.hangUp = hangUp;
    this.watched = watched;
  }

  @Override
  public InputStream getContent() throws IOException {
    InputStream content = super.getContent();
    return content == null ? null : new Content(content);
  }

  @Override
  public void close() throws IOException {
    watched.done();
    super.close();
  }

  private final class Content extends FilterInputStream {

    private long read;
    private boolean ended;

    Content(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        int one = in.read();
        count(one < 0 ? -1 : 1);
        return one;
      } catch (IOException e) {
        throw watched.meaning(e);
      }
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      try {
        int some = in.read(into, from, most);
        count(some);
        return some;
      } catch (IOException e) {
        throw watched.meaning(e);
      }
    }

    private void count(int bytes) throws IOException {
      if (bytes < 0) {
        ended = true;
        watched.done();
      }
      read += Math.max(0, bytes);
      if (read > mostBytes) {
        hangUp.run();
        throw new IOException("The answer is larger than " + mostBytes + " bytes.");
      }
    }

    @Override
    public void close() throws IOException {
      watched.done();
      if (!ended) {
        hangUp.run();
      }
      super.close();
    }
  }
}
