package io.leadroutes.sandbox;

import java.util.function.IntFunction;

/**
 * The calls that a request finds, newest first.
 *
 * @param count how many
 * @param records the JSON of the call at a place, counted from 0
 */
record FoundCalls(int count, IntFunction<byte[]> records) {

  byte[] json(int place) {
    return records.apply(place);
  }
}
