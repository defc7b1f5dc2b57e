package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One page as Laravel's length-aware paginator writes it. Its URLs carry the page and nothing else:
 * Laravel drops the other parameters unless an application asks it not to.
 */
final class CallPageJson {

  /** Laravel shows this many pages on each side of the present one. */
  private static final int ON_EACH_SIDE = 3;

  /** Up to this many pages are all linked; beyond it the links have gaps. */
  private static final int WITHOUT_GAPS = ON_EACH_SIDE * 2 + 7;

  private final String path;
  private final int perPage;
  private final int page;
  private final int lastPage;
  private final FoundCalls calls;
  private final int start;
  private final int end;

  /**
   * @param path URL of the list without parameters
   * @param calls all calls that match, not only the page's
   */
  CallPageJson(String path, FoundCalls calls, int perPage, int page) {
    this.path = path;
    this.perPage = perPage;
    this.page = page;
    this.calls = calls;
    lastPage = Math.max(1, (calls.count() + perPage - 1) / perPage);
    start = (int) Math.min(calls.count(), (page - 1L) * perPage);
    end = Math.min(calls.count(), start + perPage);
  }

  byte[] bytes() {
    byte[] head = ("{\"current_page\":" + page + ",\"data\":[").getBytes(StandardCharsets.UTF_8);
    byte[] tail = tail();
    List<byte[]> shown = IntStream.range(start, end).mapToObj(calls::json).toList();
    int size = head.length + tail.length + Math.max(0, shown.size() - 1);
    for (byte[] json : shown) {
      size += json.length;
    }
    byte[] whole = new byte[size];
    System.arraycopy(head, 0, whole, 0, head.length);
    int at = head.length;
    for (byte[] json : shown) {
      if (at > head.length) {
        whole[at++] = ',';
      }
      System.arraycopy(json, 0, whole, at, json.length);
      at += json.length;
    }
    System.arraycopy(tail, 0, whole, at, tail.length);
    return whole;
  }

  /** Everything after the calls, in the documented order. */
  private byte[] tail() {
    boolean empty = start == end;
    ObjectNode fields = Json.object();
    fields.put("first_page_url", url(1));
    fields.put("from", empty ? null : start + 1);
    fields.put("last_page", lastPage);
    fields.put("last_page_url", url(lastPage));
    fields.set("links", links());
    fields.put("next_page_url", next());
    fields.put("path", path);
    fields.put("per_page", perPage);
    fields.put("prev_page_url", previous());
    fields.put("to", empty ? null : end);
    fields.put("total", calls.count());
    byte[] json = Json.bytes(fields);
    json[0] = ',';
    byte[] tail = new byte[json.length + 1];
    tail[0] = ']';
    System.arraycopy(json, 0, tail, 1, json.length);
    return tail;
  }

  private ArrayNode links() {
    ArrayNode links = Json.array();
    link(links, previous(), "&laquo; Previous", false);
    int window = ON_EACH_SIDE + 4;
    if (lastPage <= WITHOUT_GAPS) {
      numbers(links, 1, lastPage);
    } else if (page <= window) {
      numbers(links, 1, window + ON_EACH_SIDE);
      link(links, null, "...", false);
      numbers(links, lastPage - 1, lastPage);
    } else if (page > lastPage - window) {
      numbers(links, 1, 2);
      link(links, null, "...", false);
      numbers(links, lastPage - (window + ON_EACH_SIDE - 1), lastPage);
    } else {
      numbers(links, 1, 2);
      link(links, null, "...", false);
      numbers(links, page - ON_EACH_SIDE, page + ON_EACH_SIDE);
      link(links, null, "...", false);
      numbers(links, lastPage - 1, lastPage);
    }
    link(links, next(), "Next &raquo;", false);
    return links;
  }

  private void numbers(ArrayNode links, int first, int last) {
    IntStream.rangeClosed(first, last)
        .forEach(number -> link(links, url(number), String.valueOf(number), number == page));
  }

  private static void link(ArrayNode links, String url, String label, boolean active) {
    links.addObject().put("url", url).put("label", label).put("active", active);
  }

  private String next() {
    return page < lastPage ? url(page + 1) : null;
  }

  private String previous() {
    return page > 1 ? url(page - 1) : null;
  }

  private String url(int number) {
    return path + "?page=" + number;
  }
}
