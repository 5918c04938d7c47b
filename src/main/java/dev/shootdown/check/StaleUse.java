package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The evidence that a translation outlived its frame.
 *
 * @param kind how it was noticed first
 * @param entry the cached translation
 * @param change the page-table change that made it stale, if it was seen
 * @param free how the frame went away
 * @param cover what should have made the holder forget, as far as there was anything
 * @param usedAtPs when the entry was first used after the free, in ps; empty if it never was
 */
public record StaleUse(
    Kind kind, Entry entry, Optional<Pte> change, Free free, Cover cover, OptionalLong usedAtPs) {

  /** How it was noticed. */
  public enum Kind {
    /** A device or IOMMU still held an entry when the frame was freed. */
    HELD_AT_FREE,
    /** A device or IOMMU cached an entry to a frame already freed. */
    FILLED_AFTER_FREE,
    /** An entry to a frame already freed was used. */
    USED_AFTER_FREE,
    /** A DMA to the frame was going on when the frame was freed. */
    IN_FLIGHT_AT_FREE;

    /** For a person. */
    public String text() {
      return switch (this) {
        case HELD_AT_FREE -> "held when the frame was freed";
        case FILLED_AFTER_FREE -> "cached after the frame was freed";
        case USED_AFTER_FREE -> "used after the frame was freed";
        case IN_FLIGHT_AT_FREE -> "DMA under way when the frame was freed";
      };
    }
  }

  /**
   * The cached translation, or the use of one.
   *
   * @param filledAtPs when it was cached, in ps; empty if that was not seen or is forgotten
   * @param readAtPs when the page-table entry behind it was read, in ps
   */
  public record Entry(
      String holder, int mm, long page, long pfn, OptionalLong filledAtPs, OptionalLong readAtPs) {}

  /**
   * A page-table change.
   *
   * @param component who stated it
   * @param actor the CPU whose operation it belongs to if only one can be meant, else the component
   * @param atPs when this page's entry changed, in ps
   */
  public record Pte(String component, String actor, Change change, long atPs) {}

  /**
   * Frames freed.
   *
   * @param component who stated it
   * @param actor the CPU of the operation if it is known, else the component
   * @param path the operation's kind, empty if unknown
   */
  public record Free(String component, String actor, long operation, String path, long atPs) {}

  /**
   * What should have covered the page.
   *
   * @param audience which kind of flush that would be: CPU for a CPU, else secondary
   * @param flush the covering flush between change and free; else the first one after the free;
   *     else one of the freeing operation that does not cover the page
   * @param invalidation the device-TLB invalidation for the page that was nearest, by the same rule
   */
  public record Cover(
      Audience audience, Optional<Flush> flush, Optional<Invalidation> invalidation) {}

  /**
   * A flush.
   *
   * @param actor the CPU that carried it out
   * @param endedPs empty if it had not ended when the run did
   */
  public record Flush(
      String actor, long operation, Audience audience, PageRange flushed, long beganPs,
      OptionalLong endedPs) {}

  /**
   * A device-TLB invalidation.
   *
   * @param iommu who sent it
   * @param takenPs when it arrived at the device; empty if it never did
   * @param donePs when the device completed it; empty if it never did
   */
  public record Invalidation(
      String iommu, int itag, PageRange range, long sentPs, OptionalLong takenPs,
      OptionalLong donePs) {}

  /** Whether the flush (if any) included the page. */
  public boolean isCovered() {
    return cover.flush().filter(flush -> flush.flushed().contains(entry.page())).isPresent();
  }

  /** Whether the only covering flush began after the free. */
  public boolean isTooLate() {
    return isCovered() && cover.flush().orElseThrow().beganPs() > free.atPs();
  }

  /** One line for a person. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%s, mm %d, address 0x%x, frame 0x%x: %s%s",
        entry.holder(), entry.mm(), entry.page() << 12, entry.pfn(), kind.text(),
        usedAtPs.isPresent() && kind != Kind.USED_AFTER_FREE ? ", and used later" : "");
  }
}
