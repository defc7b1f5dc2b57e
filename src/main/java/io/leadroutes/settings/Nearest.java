package io.leadroutes.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody meant who mistyped it. */
public final class Nearest {

  private Nearest() {}

  /**
   * The nearest of some words: without regard to case and to the signs between its parts, at most a
   * sixth of its characters (and at least one) wrong, missing or too many.
   */
  public static Optional<String> to(String written, Collection<String> words) {
    String folded = folded(written);
    return words.stream()
        .filter(word -> distance(folded, folded(word)) <= Math.max(1, folded(word).length() / 6))
        .min(
            Comparator.<String>comparingInt(word -> distance(folded, folded(word)))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static String folded(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
  }

  /** How many characters must be replaced, added or removed; two that changed places count once. */
  private static int distance(String a, String b) {
    int[][] steps = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          steps[i][j] = i + j;
          continue;
        }
        int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        steps[i][j] =
            Math.min(
                Math.min(steps[i - 1][j], steps[i][j - 1]) + 1, steps[i - 1][j - 1] + replaced);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
        }
      }
    }
    return steps[a.length()][b.length()];
  }
}
