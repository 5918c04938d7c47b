package dev.shootdown.kernel.mm;

import dev.shootdown.config.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * What may stand at one place behind a primitive.
 *
 * @param words the words that may stand here; a single one in capitals if the word is free
 * @param optional whether nothing may stand here
 * @param fits whether a word may stand here
 */
record Operand(List<String> words, boolean optional, Predicate<String> fits) {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*";

  static Operand one(String... words) {
    List<String> all = List.of(words);
    return new Operand(all, false, all::contains);
  }

  static Operand maybe(String... words) {
    List<String> all = List.of(words);
    return new Operand(all, true, all::contains);
  }

  static Operand name() {
    return new Operand(List.of("NAME"), false, word -> word.matches(NAME));
  }

  static Operand count() {
    return new Operand(List.of("COUNT"), false, word -> word.matches("[1-9]\\d{0,4}"));
  }

  /** One of the words, or a time such as {@code 2us}. */
  static Operand timeOr(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("TIME");
    return new Operand(all, false, word -> List.of(words).contains(word) || isTime(word));
  }

  static <E extends Enum<E>> Operand maybeEnum(E[] values) {
    String[] words = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      words[i] = values[i].name();
    }
    return maybe(words);
  }

  private static boolean isTime(String word) {
    try {
      Scale.TIME.parse(word);
      return true;
    } catch (IllegalArgumentException wrong) {
      return false;
    }
  }

  /** As it is written in a description: words apart by bars, brackets around what may be left. */
  String usage() {
    String all = String.join("|", words);
    boolean free = words.size() == 1 && all.equals(all.toUpperCase(Locale.ROOT));
    if (optional) {
      return "[" + all + "]";
    }
    return free || words.size() == 1 ? all : "(" + all + ")";
  }
}
