package dev.shootdown.replay;

import java.util.OptionalLong;

/** Finds named values in a payload, whatever stands between name and value in that text form. */
final class Fields {
  private final String payload;

  Fields(String payload) {
    this.payload = payload;
  }

  /**
   * The word after {@code name=}, {@code name:} or {@code name: }, up to a blank, comma or closing
   * parenthesis; null when the name is absent.
   */
  String word(String name) {
    int from = 0;
    while (true) {
      int at = payload.indexOf(name, from);
      int after = at + name.length();
      if (at < 0 || after >= payload.length()) {
        return null;
      }
      boolean whole = at == 0 || " ,(".indexOf(payload.charAt(at - 1)) >= 0;
      if (whole && "=:".indexOf(payload.charAt(after)) >= 0) {
        return wordFrom(after + 1);
      }
      from = after;
    }
  }

  private String wordFrom(int start) {
    int begin = start;
    while (begin < payload.length() && payload.charAt(begin) == ' ') {
      begin++;
    }
    int end = begin;
    // A pointer may be printed as "(nil)": its own parentheses belong to it.
    boolean parenthesis = begin < payload.length() && payload.charAt(begin) == '(';
    while (end < payload.length() && " ,".indexOf(payload.charAt(end)) < 0
        && (parenthesis || payload.charAt(end) != ')')) {
      end++;
    }
    return end > begin ? payload.substring(begin, end) : null;
  }

  /** The word behind the whole word {@code name} and a blank, up to the next; null if absent. */
  String wordAfter(String name) {
    int at = payload.indexOf(name + ' ');
    while (at > 0 && payload.charAt(at - 1) != ' ') {
      at = payload.indexOf(name + ' ', at + 1);
    }
    return at < 0 ? null : wordFrom(at + name.length() + 1);
  }

  /** A number that is printed with 0x, or else in decimal. */
  OptionalLong number(String name) {
    return parse(word(name), false);
  }

  /** A number that is hexadecimal with or without 0x. */
  OptionalLong hex(String name) {
    return parse(word(name), true);
  }

  /**
   * Reads a number; 64-bit patterns with the top bit set come out negative.
   *
   * @param bareIsHex whether digits without 0x are hexadecimal
   */
  static OptionalLong parse(String word, boolean bareIsHex) {
    if (word == null) {
      return OptionalLong.empty();
    }
    boolean marked = word.startsWith("0x") || word.startsWith("0X");
    boolean hex = marked || bareIsHex;
    int from = marked ? 2 : 0;
    // Most words are short and good; the exception is for what is neither.
    try {
      return OptionalLong.of(hex
          ? Long.parseUnsignedLong(word, from, word.length(), 16) : Long.parseLong(word));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
