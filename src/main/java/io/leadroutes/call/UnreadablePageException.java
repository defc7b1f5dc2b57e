package io.leadroutes.call;

/**
 * An answer that is no page of calls. The message is a sentence part such as "is cut off": it never
 * quotes the answer, which may hold personal data, and there is no cause that could.
 */
public class UnreadablePageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean html;
  private final boolean perhapsOneRecord;

  private UnreadablePageException(String reason, boolean html, boolean perhapsOneRecord) {
    super("The answer " + reason + ".");
    this.html = html;
    this.perhapsOneRecord = perhapsOneRecord;
  }

  /** An answer that is broken: asking again may help. */
  static UnreadablePageException broken(String reason) {
    return new UnreadablePageException(reason, false, false);
  }

  /** An answer that is broken at one place. */
  static UnreadablePageException brokenAt(String reason) {
    return new UnreadablePageException(reason, false, true);
  }

  /** A web page instead of JSON. */
  static UnreadablePageException webPage() {
    return new UnreadablePageException("is a web page, not JSON", true, false);
  }

  /**
   * Whether the answer is HTML. The platform sends its login page where a token is wrong, so that
   * asking again does not help.
   */
  public boolean isHtml() {
    return html;
  }

  /** Whether one record may be why, so that the others can be read without it. */
  public boolean isPerhapsOneRecord() {
    return perhapsOneRecord;
  }
}
