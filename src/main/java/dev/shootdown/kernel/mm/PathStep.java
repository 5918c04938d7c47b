package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.notifier.Era;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of a path: a primitive, its argument, and the era that has it.
 *
 * @param era present if only one era has this step
 * @param primitive what to do
 * @param argument the primitive's argument, empty if it takes none
 */
public record PathStep(Optional<Era> era, Primitive primitive, String argument) {
  /** The vocabulary, with the words that each may be followed by. */
  public enum Primitive {
    /** Work of the kernel's own code; the word names the cost. */
    SPEND("syscall", "unmap", "zap", "protect", "move", "truncate"),
    /** Take mmap_lock exclusively. */
    MMAP_W_LOCK,
    /** Give it back. */
    MMAP_W_UNLOCK,
    /** Take mmap_lock shared. */
    MMAP_R_LOCK,
    /** Give it back. */
    MMAP_R_UNLOCK,
    /** Take the file's reverse-map lock shared. */
    RMAP_LOCK,
    /** Give it back. */
    RMAP_UNLOCK,
    /** Start an mmu_gather. */
    GATHER_BEGIN,
    /** Ask whether other gathers are active: if so, the commit flushes everything. */
    GATHER_CHECK,
    /** End the gather. */
    GATHER_END,
    /** mmu_notifier_invalidate_range_start over the range. */
    N_START,
    /** mmu_notifier_invalidate_range_end over the range. */
    N_END,
    /** Repeat what follows for each 2 MiB group of the range. */
    FOR_GROUP,
    /** End of the repetition. */
    END_GROUP,
    /** Under the page-table lock: clear entries and gather their pages. */
    PTE_CLEAR("", "keep-lock"),
    /** Under the page-table lock: take the right to write away. */
    PTE_PROTECT("", "keep-lock"),
    /** Under the page-table lock: give the right to write. */
    PTE_UPGRADE("", "keep-lock"),
    /** Under the page-table locks: move entries to the new address. */
    PTE_MOVE("", "keep-lock"),
    /** Allocate a page for each of the group's, and store entries where there were none. */
    PTE_POPULATE,
    /** Give the page-table lock back. */
    PTL_UNLOCK,
    /** Flush CPUs, at once; with tables if page tables may be freed or moved. */
    CPU_FLUSH("changed", "changed-with-tables"),
    /** Flush IOMMUs and devices, at once. */
    SEC_INV("range", "gathered"),
    /** Flush what was gathered, if anything was. */
    COMMIT,
    /** Give the gathered pages back. */
    PAGE_FREE,
    /** The areas of the range are gone. */
    AREAS_REMOVE,
    /** The areas of the range have moved to the new address. */
    AREAS_MOVE,
    /** The areas of the range are read-only. */
    AREAS_PROTECT,
    /** The areas of the range may be written. */
    AREAS_UPGRADE;

    private final List<String> arguments;

    Primitive(String... arguments) {
      this.arguments = List.of(arguments);
    }

    /** As it is written in a path. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The words of which one must follow; empty if none may. */
    public List<String> arguments() {
      return arguments;
    }
  }

  /**
   * Reads a line such as {@code "B: sec-inv range"}.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  public static PathStep parse(String line) {
    List<String> words = new ArrayList<>(List.of(line.trim().split("\\s+")));
    Optional<Era> era = Optional.empty();
    if (words.get(0).endsWith(":")) {
      String name = words.remove(0);
      era = Optional.of(era(name.substring(0, name.length() - 1)));
    }
    if (words.isEmpty()) {
      throw new IllegalArgumentException("a step is missing after the era");
    }
    Primitive primitive = primitive(words.get(0));
    String argument = words.size() > 1 ? words.get(1) : "";
    if (words.size() > 2) {
      throw new IllegalArgumentException("too many words after '" + primitive.text() + "'");
    }
    List<String> allowed = primitive.arguments();
    if (allowed.isEmpty() ? !argument.isEmpty() : !allowed.contains(argument)) {
      throw new IllegalArgumentException(
          "'" + primitive.text() + "' takes "
              + (allowed.isEmpty() ? "no argument" : "one of " + allowed)
              + ", not '" + argument + "'");
    }
    return new PathStep(era, primitive, argument);
  }

  private static Era era(String name) {
    for (Era era : Era.values()) {
      if (era.name().equals(name)) {
        return era;
      }
    }
    throw new IllegalArgumentException("'" + name + "' is no era; write B: or C:");
  }

  private static Primitive primitive(String word) {
    for (Primitive primitive : Primitive.values()) {
      if (primitive.text().equals(word)) {
        return primitive;
      }
    }
    List<String> known = new ArrayList<>();
    for (Primitive primitive : Primitive.values()) {
      known.add(primitive.text());
    }
    throw new IllegalArgumentException("'" + word + "' is no primitive; known are " + known);
  }
}
