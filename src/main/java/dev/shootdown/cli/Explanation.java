package dev.shootdown.cli;

import dev.shootdown.config.ReferenceText;
import dev.shootdown.config.ReferenceText.KeyDoc;
import dev.shootdown.config.Scale;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the shipped defaults say about a key, as a person reads it. */
final class Explanation {
  private static final int NEAR_MOST = 3;

  /** A source stands in brackets at the comment's end and names something or somebody. */
  private static final Pattern SOURCE =
      Pattern.compile("\\(([^()]*\\b\\p{Lu}[\\p{L}\\d_]+[^()]*)\\)\\.?$");

  private final KeyDoc key;

  private Explanation(KeyDoc key) {
    this.key = key;
  }

  /**
   * The explanation of {@code path}, some lines.
   *
   * @throws CliProblem if there is no such key, naming the nearest
   */
  static String of(String path) {
    String wanted = path.startsWith("shootdown.") ? path.substring("shootdown.".length()) : path;
    Optional<String> ofPaths = PathExplanation.of(wanted);
    if (ofPaths.isPresent()) {
      return ofPaths.get();
    }
    Optional<KeyDoc> found = ReferenceText.find(wanted);
    if (found.isEmpty()) {
      List<String> near = ReferenceText.nearest(wanted, NEAR_MOST);
      throw CliProblem.usage(
          "there is no key '" + path + "'"
              + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?"));
    }
    return new Explanation(found.get()).text();
  }

  private String text() {
    StringBuilder text = new StringBuilder(key.path()).append('\n');
    line(text, "meaning", meaning());
    if (isObject()) {
      line(text, "keys", String.join("\n", members()));
    } else {
      line(text, "unit", unit());
      line(text, "default", key.defaultText());
      line(text, "source", source());
    }
    line(text, "defined", key.origin());
    return text.toString();
  }

  /** The comment above it, else the title that entries such as policies have. */
  private String meaning() {
    return !key.meaning().isEmpty()
        ? key.meaning()
        : ReferenceText.find(key.path() + ".title")
            .map(title -> title.defaultText().replaceAll("^\"|\"$", ""))
            .orElse(isObject() ? "a block of the keys below" : "(not documented)");
  }

  static void line(StringBuilder text, String label, String value) {
    String head = String.format("  %-8s ", label);
    text.append(head)
        .append(value.replace("\n", "\n" + " ".repeat(head.length())))
        .append('\n');
  }

  private boolean isObject() {
    return key.defaultText().isEmpty() && !members().isEmpty();
  }

  private List<String> members() {
    String prefix = key.path() + ".";
    return ReferenceText.paths().stream()
        .filter(path -> path.startsWith(prefix) && path.indexOf('.', prefix.length()) < 0)
        .toList();
  }

  private String unit() {
    String value = key.defaultText();
    for (Scale scale : Scale.values()) {
      if (isOf(scale, value)) {
        String noun = scale.name().toLowerCase(Locale.ROOT);
        return noun + ", written with its unit, such as " + scale.show(scale.parse(value));
      }
    }
    if (value.matches("-?[0-9]+")) {
      return "none, a whole number";
    }
    if (value.matches("-?[0-9]*\\.[0-9]+")) {
      return "none, a ratio";
    }
    if (value.equals("true") || value.equals("false")) {
      return "none, true or false";
    }
    return value.startsWith("[") ? "none, a list" : value.startsWith("{") ? "none, an object"
        : "none, a word or text";
  }

  private static boolean isOf(Scale scale, String value) {
    try {
      scale.parse(value);
      return true;
    } catch (IllegalArgumentException another) {
      return false;
    }
  }

  private String source() {
    String meaning = key.meaning().replace('\n', ' ');
    if (Pattern.compile("\\bassumed\\b", Pattern.CASE_INSENSITIVE).matcher(meaning).find()) {
      return "assumed: no published source";
    }
    Matcher source = SOURCE.matcher(meaning);
    return source.find() ? source.group(1) : "none stated";
  }
}
