package dev.shootdown.check;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Plain text for a mail: printable ASCII, wrapped. */
final class Texts {
  private Texts() {}

  /** {@code ps} as ns with three digits, exact. */
  static String ns(long ps) {
    return BigDecimal.valueOf(ps, 3).toPlainString();
  }

  /** With a question mark for all that is not printable ASCII. */
  static String plain(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  /**
   * Lines of at most {@code width}, broken at spaces, within a word only if it is longer than a
   * line; all but the first begin with {@code indent}.
   */
  static List<String> wrap(String text, int width, String indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int started = 0;
    for (String word : text.split(" ")) {
      if (line.length() > started && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line = new StringBuilder(indent);
        started = indent.length();
      }
      line.append(line.length() > started ? " " : "");
      String rest = word;
      while (line.length() + rest.length() > width) {
        int fits = width - line.length();
        lines.add(line + rest.substring(0, fits));
        rest = rest.substring(fits);
        line = new StringBuilder(indent);
        started = indent.length();
      }
      line.append(rest);
    }
    lines.add(line.toString());
    return lines;
  }

  /**
   * A shell command on lines of at most {@code width}: joined by backslashes so that pasting it
   * gives exactly the command, quoted parts included.
   */
  static List<String> command(String command, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    char quote = 0;
    boolean escaped = false;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      line.append(c);
      if (escaped) {
        escaped = false;
      } else if (c == '\\' && quote != '\'') {
        escaped = true;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      boolean last = i == command.length() - 1;
      boolean full = line.length() >= width - 4;
      boolean handy = c == ' ' && quote == 0 && line.length() > width * 2 / 3;
      if (!last && !escaped && (full || handy)) {
        // a shell joins lines at a backslash everywhere but within single quotes
        String seam = quote == '\'' ? "'" : "";
        lines.add(line + seam + "\\");
        line = new StringBuilder(seam);
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
