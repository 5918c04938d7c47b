package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Another configuration under which the same causes are run.
 *
 * @param label as it was asked for
 * @param profile another machine profile, if one was named
 * @param overrides configuration keys and their values, {@code path=value}
 */
public record WhatIf(String label, Optional<String> profile, List<String> overrides) {
  /** Short names for keys that are asked for most. */
  private static final List<String> SHORT_KEYS = List.of("era", "policy");
  /** Words that name a profile: a consumer is a machine that has it. */
  private static final List<String> PROFILE_WORDS = List.of("profile", "machine", "consumer");

  /**
   * Reads {@code key=value,key=value}, such as {@code era=B,kernel.flush-ceiling=1}. A comma inside
   * brackets, braces or quotes belongs to the value.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  public static WhatIf parse(String text) {
    Optional<String> profile = Optional.empty();
    List<String> overrides = new ArrayList<>();
    for (String part : parts(text)) {
      int equals = part.indexOf('=');
      if (equals < 1 || equals == part.length() - 1) {
        throw new IllegalArgumentException(
            "--what-if takes key=value,key=value, such as era=B or kernel.flush-ceiling=1; '"
                + part + "' is none");
      }
      String key = part.substring(0, equals).strip();
      String value = part.substring(equals + 1).strip();
      if (PROFILE_WORDS.contains(key)) {
        if (profile.isPresent()) {
          throw new IllegalArgumentException(
              "--what-if '" + text + "' names two machines; name one");
        }
        profile = Optional.of(value);
      } else {
        overrides.add((SHORT_KEYS.contains(key) ? "kernel." + key : key) + "=" + value);
      }
    }
    return new WhatIf(text, profile, Collections.unmodifiableList(overrides));
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    boolean quoted = false;
    int from = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      quoted ^= c == '"';
      depth += quoted ? 0 : "[{(".indexOf(c) >= 0 ? 1 : "]})".indexOf(c) >= 0 ? -1 : 0;
      if (c == ',' && depth == 0 && !quoted) {
        parts.add(text.substring(from, at));
        from = at + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }
}
