package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * In which kernels a step of a path exists, written before it: {@code B:}, {@code AB:}, {@code
 * C/arm64:}, {@code x86:}, {@code h:}, {@code -:}, {@code -b:}.
 *
 * @param eras the eras that have it
 * @param architectures the architectures that have it
 * @param variant the variants of the call site that have it, a letter each, {@code -} for the plain
 *     site; empty for all
 */
public record When(Set<Era> eras, Set<Architecture> architectures, String variant) {
  /** Everywhere. */
  static final When ALWAYS =
      new When(EnumSet.allOf(Era.class), EnumSet.allOf(Architecture.class), "");

  /** Whether a kernel has it at a site's variant; the plain site is {@code -}. */
  boolean holds(Era era, Architecture architecture, String atVariant) {
    return eras.contains(era) && architectures.contains(architecture)
        && (variant.isEmpty() || variant.contains(atVariant));
  }

  /** The same for whoever has chosen the variant, in {@code only} these eras. */
  When within(Set<Era> only) {
    Set<Era> left = EnumSet.copyOf(eras);
    left.retainAll(only);
    return new When(left, architectures, "");
  }

  /** The same on all architectures. */
  When everywhere() {
    return new When(eras, ALWAYS.architectures(), variant);
  }

  /**
   * Reads what stands before the colon.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  static When parse(String text) {
    Set<Era> eras = EnumSet.noneOf(Era.class);
    Set<Architecture> architectures = EnumSet.noneOf(Architecture.class);
    String variant = "";
    for (String part : text.split("/", -1)) {
      if (part.matches("[a-z]|-[a-z]{0,3}")) {
        variant = part;
      } else if (part.matches("[A-C]+")) {
        part.chars().forEach(letter -> eras.add(Era.valueOf(Character.toString(letter))));
      } else {
        architectures.add(architecture(part));
      }
    }
    return new When(
        eras.isEmpty() ? ALWAYS.eras() : eras,
        architectures.isEmpty() ? ALWAYS.architectures() : architectures, variant);
  }

  private static Architecture architecture(String name) {
    List<String> known = new ArrayList<>();
    for (Architecture architecture : Architecture.values()) {
      if (architecture.text().equals(name)) {
        return architecture;
      }
      known.add(architecture.text());
    }
    throw new IllegalArgumentException(
        "'" + name + "' is no era (A, B, C or several, such as AB:), no architecture " + known
            + " and no variant (one small letter, or - for the plain site)");
  }

  /** The variants that {@code steps} name, the plain site first. */
  static Set<String> variants(List<PathStep> steps) {
    Set<String> variants = new TreeSet<>();
    variants.add("-");
    steps.forEach(
        step -> {
          for (char letter : step.when().variant().toCharArray()) {
            variants.add(Character.toString(letter));
          }
        });
    return variants;
  }
}
