package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.leadroutes.call.CallPage.Next;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is around the records of one answer. ClickSpeak documents Laravel's paginator as it is;
 * Laravel's API resources put its numbers under {@code meta} and its addresses under {@code links},
 * its cursor paginator has neither total nor last page, a wrapper puts all of it under {@code data}
 * beside a {@code success}, and a list that PHP filtered is an object with numeric keys. Names are
 * compared without case and underscores, because middleware may turn them into camel case.
 */
final class Envelope {

  /** An answer within an answer within an answer: nobody wraps more often. */
  private static final int MAX_WRAPPERS = 4;

  private static final int MAX_DIGITS = 18;

  /** As PHP's number_format writes it. */
  private static final Pattern GROUPED = Pattern.compile("\\d{1,3}([, ]\\d{3})+");

  private final JsonParser parser;
  private final JsonValues values;
  private final RecordReader records;
  private boolean list;
  private boolean emptyObject;
  private boolean failed;
  private Integer currentPage;
  private Integer lastPage;
  private Integer perPage;
  private Long total;
  private Next next = Next.UNTOLD;
  private boolean cursor;

  Envelope(JsonParser parser, RecordReader records) {
    this.parser = parser;
    this.values = new JsonValues(parser);
    this.records = records;
  }

  /**
   * Reads the answer, the parser stands at its object's first token.
   *
   * @throws UnreadablePageException when it has no list of calls, or says itself that it failed
   */
  CallPage read(String account) throws IOException {
    object(false, 0);
    // Empty lists of PHP are arrays; an empty object is one only where the rest is a page.
    list |= emptyObject && (total != null || currentPage != null || lastPage != null);
    boolean empty = records.calls().isEmpty() && records.setAside().isEmpty();
    if (failed && empty) {
      throw UnreadablePageException.broken("says itself that it failed");
    }
    if (!list) {
      throw UnreadablePageException.broken("has no array of calls named data");
    }
    return new CallPage(
        account,
        currentPage == null ? 0 : currentPage,
        lastPage == null ? 0 : lastPage,
        perPage == null ? records.calls().size() + records.setAside().size() : perPage,
        total == null ? -1 : total,
        records.calls(),
        records.setAside(),
        cursor ? Next.FOLLOWS : next,
        cursor);
  }

  /**
   * @param inList whether a numeric name is a place in the list of calls
   * @return whether it has anything
   */
  private boolean object(boolean inList, int wrappers) throws IOException {
    boolean any = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      any = true;
      if (inList && JsonValues.isPlace(field)) {
        list = true;
        records.read();
      } else {
        field(folded(field), wrappers);
      }
    }
    return any;
  }

  private void field(String name, int wrappers) throws IOException {
    switch (name) {
      case "data" -> data(wrappers);
      case "calls", "items", "records", "result", "results", "response", "payload" -> {
        if (list || !parser.currentToken().isStructStart()) {
          values.skip();
        } else {
          data(wrappers);
        }
      }
      case "meta", "pagination", "paginator", "paging", "links" -> {
        if (parser.currentToken() == JsonToken.START_OBJECT && wrappers < MAX_WRAPPERS) {
          object(false, wrappers + 1);
        } else {
          values.skip();
        }
      }
      case "currentpage", "page" -> currentPage = number(currentPage);
      case "lastpage", "totalpages", "pagecount" -> lastPage = number(lastPage);
      case "perpage", "pagesize" -> perPage = number(perPage);
      case "total", "totalcount", "totalitems", "totalrecords" -> {
        Long told = whole();
        total = told == null ? total : told;
      }
      case "nextpageurl", "next", "nextpage" -> next();
      case "hasmore", "hasmorepages", "hasnext", "hasnextpage" -> {
        Boolean more = values.flag();
        next = more == null ? next : more ? Next.FOLLOWS : Next.NONE;
      }
      case "nextcursor", "nextpagetoken" -> {
        boolean told = values.present();
        cursor |= told;
        next = !told && next == Next.UNTOLD ? Next.NONE : next;
      }
      case "success", "ok" -> failed |= Boolean.FALSE.equals(values.flag());
      case "status" -> {
        String told = values.text();
        failed |= told != null && folded(told.strip()).matches("error|fail|failed|failure");
      }
      case "error", "errors" -> failed |= values.present();
      default -> values.skip();
    }
  }

  private void data(int wrappers) throws IOException {
    list = false;
    emptyObject = false;
    records.clear();
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      list = true;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        records.read();
      }
    } else if (parser.currentToken() == JsonToken.START_OBJECT && wrappers < MAX_WRAPPERS) {
      emptyObject = !object(true, wrappers + 1);
    } else {
      values.skip();
    }
  }

  /** An address of the next page, or none; it is never followed. */
  private void next() throws IOException {
    boolean address = parser.currentToken() == JsonToken.VALUE_STRING;
    String told = address ? parser.getText() : "";
    boolean present = values.present();
    next = present ? Next.FOLLOWS : Next.NONE;
    cursor |= present && told.contains("cursor=");
  }

  private Integer number(Integer before) throws IOException {
    Long told = whole();
    return told == null || told != told.intValue() ? before : (Integer) told.intValue();
  }

  private Long whole() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING
        && GROUPED.matcher(parser.getText().strip()).matches()) {
      String digits = parser.getText().replaceAll("\\D", "");
      return digits.length() > MAX_DIGITS ? null : (Long) Long.parseLong(digits);
    }
    return values.whole();
  }

  private static String folded(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }
}
