package io.leadroutes.call;

import java.util.List;
import java.util.Locale;

/**
 * One page of the list of calls, with what the answer tells of the whole list. It may tell nothing:
 * then only the pages themselves show where the list ends.
 *
 * @param account name of the account
 * @param currentPage the number the answer gives itself, from 1; 0 where it gives none
 * @param lastPage the last page there is, as the answer says; 0 where it does not say
 * @param perPage calls a page, as the answer says: the API may clamp what was asked for
 * @param total calls in the whole list, as the answer says; -1 where it does not say
 * @param calls the records that could be read, in their order
 * @param setAside the records that could not
 * @param next whether the answer says that a page follows this one
 * @param cursor whether it names a cursor for the next page: then the list may not know page
 *     numbers, and any of them may be answered with page 1
 */
public record CallPage(
    String account,
    int currentPage,
    int lastPage,
    int perPage,
    long total,
    List<Call> calls,
    List<SetAside> setAside,
    Next next,
    boolean cursor) {

  /** Whether there is a page after this one. */
  public enum Next {
    FOLLOWS,
    NONE,
    UNTOLD
  }

  public CallPage {
    calls = List.copyOf(calls);
    setAside = List.copyOf(setAside);
  }

  /** A page that tells its numbers and nothing else. */
  public CallPage(
      String account,
      int currentPage,
      int lastPage,
      int perPage,
      long total,
      List<Call> calls,
      List<SetAside> setAside) {
    this(account, currentPage, lastPage, perPage, total, calls, setAside, Next.UNTOLD, false);
  }

  /** Records of the page, those that could not be read too. */
  public int rows() {
    return calls.size() + setAside.size();
  }

  /** Prints numbers only. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "CallPage[%s page %d of %d, %d calls, %d set aside]",
        account,
        currentPage,
        lastPage,
        calls.size(),
        setAside.size());
  }
}
