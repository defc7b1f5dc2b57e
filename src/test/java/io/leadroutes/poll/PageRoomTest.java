package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PageRoomTest {

  private static final int LARGE = PageRoom.USUAL + 1;

  private final PageRoom room = new PageRoom();

  private static void grow(PageRoom.Place place, int bytes) {
    try {
      place.grow(bytes);
    } catch (PollException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void of_large_pages_there_is_one_at_a_time() {
    PageRoom.Place first = room.place();
    grow(first, LARGE);
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> grow(room.place(), LARGE));

    grow(room.place(), PageRoom.USUAL);
    assertThat(second).isNotDone();
    first.leave();

    second.join();
  }

  @Test
  void of_usual_pages_there_are_sixteen_and_small_ones_need_no_room() {
    List<PageRoom.Place> places = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      places.add(room.place());
      grow(places.get(i), PageRoom.USUAL);
    }
    CompletableFuture<Void> next =
        CompletableFuture.runAsync(() -> grow(room.place(), PageRoom.USUAL));

    grow(room.place(), PageRoom.NOTHING);
    assertThat(next).isNotDone();
    places.get(7).leave();
    places.get(7).leave();

    await().until(next::isDone);
    assertThat(CompletableFuture.runAsync(() -> grow(room.place(), PageRoom.USUAL))).isNotDone();
  }
}
