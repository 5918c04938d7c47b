package dev.shootdown.replay;

import dev.shootdown.kernel.iommu.RangeRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Another configuration under which the same causes are run.
 *
 * @param label as it was asked for
 * @param machine another machine, if one was named
 * @param consumer who holds translations as well: a consumer of the audit, which is added to the
 *     machine, or a machine that has one
 * @param overrides configuration keys and their values, {@code path=value}
 * @param needsDevice whether it says something of devices' translations alone
 */
public record WhatIf(
    String label, Optional<String> machine, Optional<String> consumer, List<String> overrides,
    boolean needsDevice) {
  /** Words that name a machine. */
  private static final List<String> MACHINE_WORDS = List.of("profile", "machine");
  /** The largest that kernel.flush-ceiling takes, in pages. */
  private static final int NO_CEILING = 1 << 20;

  /**
   * Reads {@code key=value,key=value}, such as {@code era=B,kernel.flush-ceiling=1}. A comma inside
   * brackets, braces or quotes belongs to the value. {@code policy} is a place of the secondary
   * flush (kernel.policy) or a rule for ranges (kernel.drivers.range); {@code exact} lifts the
   * CPUs' ceiling of page-by-page flushes as well.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  public static WhatIf parse(String text) {
    Optional<String> machine = Optional.empty();
    Optional<String> consumer = Optional.empty();
    List<String> overrides = new ArrayList<>();
    boolean needsDevice = false;
    for (String part : parts(text)) {
      int equals = part.indexOf('=');
      if (equals < 1 || equals == part.length() - 1) {
        throw new IllegalArgumentException(
            "--what-if takes key=value,key=value, such as era=B or kernel.flush-ceiling=1; '"
                + part + "' is none");
      }
      String key = part.substring(0, equals).strip();
      String value = part.substring(equals + 1).strip();
      if (MACHINE_WORDS.contains(key)) {
        machine = once(machine, value, text);
      } else if (key.equals("consumer")) {
        consumer = once(consumer, value, text);
      } else if (key.equals("policy") && isRangeRule(value)) {
        boolean exact = value.equals(text(RangeRule.Kind.EXACT));
        needsDevice |= !exact;
        overrides.add("kernel.drivers.range=" + value);
        if (exact) {
          overrides.add("kernel.flush-ceiling=" + NO_CEILING);
        }
      } else {
        boolean isShort = key.equals("era") || key.equals("policy");
        overrides.add((isShort ? "kernel." : "") + key + "=" + value);
      }
    }
    return new WhatIf(
        text, machine, consumer, Collections.unmodifiableList(overrides), needsDevice);
  }

  private static Optional<String> once(Optional<String> before, String value, String text) {
    if (before.isPresent()) {
      throw new IllegalArgumentException(
          "--what-if '" + text + "' names two machines or two consumers; name one");
    }
    return Optional.of(value);
  }

  private static boolean isRangeRule(String value) {
    for (RangeRule.Kind kind : RangeRule.Kind.values()) {
      if (text(kind).equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static String text(RangeRule.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
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
