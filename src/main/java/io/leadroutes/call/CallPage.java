package io.leadroutes.call;

import java.util.List;
import java.util.Locale;

/**
 * One page of the list of calls.
 *
 * @param account name of the account
 * @param currentPage the number the answer gives itself, from 1; 0 where it gives none
 * @param lastPage the last page there is, as the answer says; 0 where it does not say
 * @param perPage calls a page, as the answer says: the API may clamp what was asked for
 * @param total calls in the whole list, as the answer says; -1 where it does not say
 * @param calls the records that could be read, in their order
 * @param setAside the records that could not
 */
public record CallPage(
    String account,
    int currentPage,
    int lastPage,
    int perPage,
    long total,
    List<Call> calls,
    List<SetAside> setAside) {

  public CallPage {
    calls = List.copyOf(calls);
    setAside = List.copyOf(setAside);
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
