package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The evidence that a cached translation was there, or was used, when it must not have been.
 *
 * @param kind how it was noticed first
 * @param entry the cached translation
 * @param change the page-table change that made it stale, if it was seen
 * @param free the deed from which on it was forbidden: PAGE-FREE, or what {@link Kind#deed} names
 * @param cover what should have made the holder forget, as far as there was anything
 * @param usedAtPs when the entry was first used in spite of the deed, in ps; empty if it never was
 */
public record StaleUse(
    Kind kind, Entry entry, Optional<Pte> change, Free free, Cover cover, OptionalLong usedAtPs) {

  /** The act from which on an entry must not be there, or not be used. */
  public enum Deed {
    /** A frame went back to the allocator. */
    PAGE_FREE("PAGE-FREE", "page-free", "the free"),
    /** A page-table page went back to the allocator. */
    TABLE_FREE("PGT-FREE", "table-free", "the table's free"),
    /** A page's entry got another frame. */
    REPOINT("PTE-SET to another frame", "pte-repoint", "the other frame was stored"),
    /** The copy of a frame's content began. */
    COPY("COPY", "copy", "the copy began"),
    /** Parent and child share a frame: fork is over. */
    FORK("end of fork", "share", "the end of fork"),
    /** The contents of two frames were compared and found equal. */
    MERGE("KSM compare", "merge", "the compare"),
    /** A frame was declared clean. */
    CLEAN("CLEAN", "clean", "the frame was declared clean"),
    /** A system call returned that took rights away. */
    RETURN("return to user mode", "return", "the return"),
    /** A subscriber's start callback returned. */
    START("N-START", "n-start", "the start returned"),
    /** A PASID was given back, so that another address space can have it. */
    PASID_FREE("PASID-FREE", "pasid-free", "the PASID was free"),
    /** An announced window of deferred flushing closed. */
    WINDOW("end of the announced window", "window-close", "the window's end");

    private final String text;
    private final String primitive;
    private final String moment;

    Deed(String text, String primitive, String moment) {
      this.text = text;
      this.primitive = primitive;
      this.moment = moment;
    }

    /** For a person. */
    public String text() {
      return text;
    }

    /** As a step of a path. */
    public String primitive() {
      return primitive;
    }

    /** For a person, behind "before" or "after". */
    String moment() {
      return moment;
    }
  }

  /** How it was noticed. */
  public enum Kind {
    /** A device or IOMMU still held an entry when the frame was freed. */
    HELD_AT_FREE(Verdict.STALE_USE, Deed.PAGE_FREE, "held when the frame was freed"),
    /** A device or IOMMU cached an entry to a frame already freed. */
    FILLED_AFTER_FREE(Verdict.STALE_USE, Deed.PAGE_FREE, "cached after the frame was freed"),
    /** An entry to a frame already freed was used. */
    USED_AFTER_FREE(Verdict.STALE_USE, Deed.PAGE_FREE, "used after the frame was freed"),
    /** A DMA to the frame was going on when the frame was freed. */
    IN_FLIGHT_AT_FREE(
        Verdict.STALE_USE, Deed.PAGE_FREE, "DMA under way when the frame was freed"),
    /** An entry to a freed frame outlived the window in which that was announced. */
    HELD_AFTER_WINDOW(
        Verdict.STALE_USE, Deed.WINDOW, "held past its announced window, the frame freed"),
    /** A right was used that a system call had taken away before it returned. */
    USED_AFTER_RETURN(
        Verdict.STALE_USE, Deed.RETURN, "used after the call that revoked it had returned"),
    /** A translation was used for an address space to which its PASID had been given. */
    USED_BY_ANOTHER(
        Verdict.STALE_USE, Deed.PASID_FREE, "used after its PASID was given to another process"),
    /** A paging-structure cache knew a page-table page when that was freed. */
    TABLE_HELD_AT_FREE(
        Verdict.STALE_WALK, Deed.TABLE_FREE, "known to a walker when the table was freed"),
    /** A paging-structure cache learnt of a page-table page that was freed already. */
    TABLE_CACHED_AFTER_FREE(
        Verdict.STALE_WALK, Deed.TABLE_FREE, "cached by a walker after the table was freed"),
    /** A walk went through a page-table page that was freed already. */
    TABLE_WALKED_AFTER_FREE(
        Verdict.STALE_WALK, Deed.TABLE_FREE, "walked through after the table was freed"),
    /** A walk had begun in a page-table page, and read it after that was freed. */
    TABLE_FREED_UNDER_WALK(
        Verdict.STALE_WALK, Deed.TABLE_FREE, "freed with a walk inside, which read it later"),
    /** A device or IOMMU held the old frame when the page got another one. */
    HELD_AT_REPOINT(
        Verdict.COW_BREACH, Deed.REPOINT, "held when its page got another frame"),
    /** Somebody used the old frame after the page had got another one. */
    USED_AFTER_REPOINT(
        Verdict.COW_BREACH, Deed.REPOINT, "used after its page had got another frame"),
    /** Somebody wrote to a frame, through the page for which it was being copied. */
    WRITTEN_SINCE_COPY(
        Verdict.COW_BREACH, Deed.COPY, "written after its copy had begun"),
    /** A DMA that writes was under way when the copy began. */
    IN_FLIGHT_AT_COPY(
        Verdict.COW_BREACH, Deed.COPY, "DMA writing when its copy began"),
    /** Somebody wrote to a frame that parent and child share. */
    WRITTEN_SINCE_FORK(
        Verdict.COW_BREACH, Deed.FORK, "written while parent and child share the frame"),
    /** A DMA that writes was under way when parent and child began to share. */
    IN_FLIGHT_AT_FORK(
        Verdict.COW_BREACH, Deed.FORK, "DMA writing when fork was over"),
    /** Somebody wrote to a frame whose content had been compared. */
    WRITTEN_SINCE_MERGE(
        Verdict.COW_BREACH, Deed.MERGE, "written after KSM had compared the content"),
    /** A DMA that writes was under way when the content was compared. */
    IN_FLIGHT_AT_MERGE(
        Verdict.COW_BREACH, Deed.MERGE, "DMA writing when KSM compared the content"),
    /** A write to a clean frame left no dirty bit behind. */
    WRITTEN_SINCE_CLEAN(
        Verdict.LOST_DIRTY, Deed.CLEAN, "written while clean, and no dirty bit tells"),
    /** A DMA that writes was under way when the frame was declared clean. */
    IN_FLIGHT_AT_CLEAN(
        Verdict.LOST_DIRTY, Deed.CLEAN, "DMA writing when declared clean, no dirty bit tells"),
    /** A write to a clean frame left a dirty bit behind that was kept with another frame. */
    KEPT_WITH_ANOTHER(
        Verdict.LOST_DIRTY, Deed.CLEAN, "written while clean, its dirty bit kept with another"),
    /** A subscriber kept an entry past its own start callback. */
    HELD_AFTER_START(
        Verdict.PROTOCOL_BREACH, Deed.START, "held when the subscriber's start returned"),
    /** A subscriber cached an entry between start and end. */
    FILLED_IN_BRACKET(
        Verdict.PROTOCOL_BREACH, Deed.START, "cached between the subscriber's start and end");

    private final Verdict verdict;
    private final Deed deed;
    private final String text;

    Kind(Verdict verdict, Deed deed, String text) {
      this.verdict = verdict;
      this.deed = deed;
      this.text = text;
    }

    /** What it amounts to. */
    public Verdict verdict() {
      return verdict;
    }

    /** The act that it offends. */
    public Deed deed() {
      return deed;
    }

    /** For a person. */
    public String text() {
      return text;
    }

    /** Whether it is about a DMA that went on. */
    public boolean isInFlight() {
      return name().startsWith("IN_FLIGHT");
    }

    /** Whether holding the entry is the offence, used or not. */
    public boolean isHeld() {
      return name().contains("HELD_A");
    }

    /** Whether using the entry is the offence. */
    public boolean isUse() {
      return !isInFlight() && !isHeld() && !isFill();
    }

    /** Whether caching the entry is the offence. */
    public boolean isFill() {
      return this == FILLED_AFTER_FREE
          || this == FILLED_IN_BRACKET
          || this == TABLE_CACHED_AFTER_FREE;
    }
  }

  /**
   * The cached translation, or the use of one.
   *
   * @param page the page; the first of its range for a page-table page
   * @param pfn the frame; for a {@link Verdict#STALE_WALK} the page-table page's number
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
   * Frames freed, or another deed.
   *
   * @param component who stated it
   * @param actor the CPU of the operation if it is known, else the component
   * @param operation the operation, −1 if none is known
   * @param path the operation's kind, empty if unknown
   */
  public record Free(String component, String actor, long operation, String path, long atPs) {}

  /**
   * What should have covered the page.
   *
   * @param audience which kind of flush that would be: CPU for a CPU, else secondary
   * @param flush the covering flush between change and deed; else the first one after the deed;
   *     else one of the deed's operation that does not cover the page
   * @param invalidation the device-TLB invalidation for the page that was nearest, by the same rule
   * @param isBracket whether the holder hears of notifier brackets, and of no flush
   * @param place where flushes name the page, if the entry is made of two tables
   */
  public record Cover(
      Audience audience, Optional<Flush> flush, Optional<Invalidation> invalidation,
      boolean isBracket, Optional<Place> place) {
    /** For an entry of one table. */
    public Cover(
        Audience audience, Optional<Flush> flush, Optional<Invalidation> invalidation,
        boolean isBracket) {
      this(audience, flush, invalidation, isBracket, Optional.empty());
    }
  }

  /**
   * The page by which one of two tables is flushed that make an entry together.
   *
   * @param stage 1 for the guest's own table, 2 for the host's behind it
   */
  public record Place(int stage, int mm, long page) {}

  /**
   * A flush.
   *
   * @param actor the CPU that carried it out
   * @param path the operation's kind, empty if unknown
   * @param endedPs empty if it had not ended when the run did
   */
  public record Flush(
      String actor, long operation, String path, Audience audience, PageRange flushed,
      long beganPs, OptionalLong endedPs) {}

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

  /**
   * An order between two steps that would prevent the finding, to try by running again with it.
   *
   * @param path the operation's kind whose steps they are, empty if unknown
   * @param first the step that has to be over, such as {@code sec-inv}
   * @param then the step that has to wait for it, such as {@code page-free}
   * @param mm the address space
   * @param range what {@code first} has to cover
   */
  public record Edge(String path, String first, String then, int mm, PageRange range) {
    /** For a person: {@code SEC-INV of 0x5000-0x6000 before PAGE-FREE in mremap}. */
    public String text() {
      return first.toUpperCase(Locale.ROOT) + " of " + range + " before "
          + then.toUpperCase(Locale.ROOT) + (path.isEmpty() ? "" : " in " + path);
    }
  }

  /** Whether the flush (if any) included the page. */
  public boolean isCovered() {
    long page = place().page();
    return cover.flush().filter(flush -> flush.flushed().contains(page)).isPresent();
  }

  /** Where flushes name the page: stage 0 of an entry of one table. */
  Place place() {
    return cover.place().orElseGet(() -> new Place(0, entry.mm(), entry.page()));
  }

  /**
   * Whether one of two tables was flushed in time, and the holder was not told of it: what is
   * missing is an invalidation, not an order.
   */
  public boolean isUntold() {
    boolean told =
        cover.invalidation().filter(sent -> sent.sentPs() <= free.atPs()).isPresent();
    boolean over =
        cover.flush().filter(flush -> flush.endedPs().orElse(Long.MAX_VALUE) <= free.atPs())
            .isPresent();
    return place().stage() > 0 && isCovered() && over && !told && !kind.isInFlight()
        && !isFillRace();
  }

  /** Whether a covering flush was over before the deed. */
  public boolean isFlushedInTime() {
    return isCovered()
        && cover.flush().orElseThrow().endedPs().orElse(Long.MAX_VALUE) <= free.atPs();
  }

  /** Whether the only covering flush began after the deed. */
  public boolean isTooLate() {
    return isCovered() && cover.flush().orElseThrow().beganPs() > free.atPs();
  }

  /** Whether the walk behind it read the entry before it changed, and was cached after that. */
  public boolean isFillRace() {
    return change.isPresent()
        && entry.filledAtPs().isPresent()
        && entry.readAtPs().isPresent()
        && change.get().atPs() >= entry.readAtPs().getAsLong()
        && change.get().atPs() < entry.filledAtPs().getAsLong();
  }

  /**
   * Whether software read the page table for the entry before a bracket was over: the holder hears
   * of brackets only, or keeps in a register what no page-table change leads to.
   */
  public boolean isReadTooEarly() {
    boolean isRegister = cover.audience() == Audience.CPU && change.isEmpty();
    return (cover.isBracket() || isRegister) && !kind.isInFlight()
        && entry.readAtPs().isPresent() && kind.deed() == Deed.PAGE_FREE;
  }

  /** Whether it was software that walked, whom no flush reaches but an interrupt may. */
  public boolean isSoftwareWalk() {
    return kind == Kind.TABLE_FREED_UNDER_WALK && cover.audience() == Audience.CPU
        && entry.filledAtPs().isEmpty();
  }

  /**
   * The edges any of which, as far as the facts tell, would have prevented it; likeliest first.
   * Empty if it is not a matter of order.
   */
  public List<Edge> edges() {
    PageRange page = PageRange.of(place().page());
    int mm = place().mm();
    String cpus = isSoftwareWalk() ? "table-sync" : "cpu-flush";
    String flush = cover.audience() == Audience.CPU ? cpus : "sec-inv";
    String then = kind.deed().primitive();
    if (kind == Kind.KEPT_WITH_ANOTHER || isUntold()) {
      return List.of();
    }
    if (isReadTooEarly()) {
      return List.of(new Edge("", "n-end", "pte-read", mm, page));
    }
    if (isFillRace()) {
      return List.of(
          new Edge("", "fill", flush, mm, page),
          new Edge(free.path(), flush, then, mm, page));
    }
    if (kind.isInFlight()) {
      // Whoever flushes waits for DMA as well, so only a flush in time leaves it to be drained.
      String first = isFlushedInTime() ? "drain" : flush;
      return List.of(new Edge(free.path(), first, then, mm, page));
    }
    if (kind == Kind.FILLED_IN_BRACKET) {
      return List.of(new Edge("", "n-end", "fill", mm, page));
    }
    return List.of(new Edge(free.path(), flush, then, mm, page));
  }

  /** What stands before the name of a guest's frame. */
  String stageText() {
    return place().stage() == 1 ? "guest " : "";
  }

  /** One line for a person. */
  public String summary() {
    String what = kind.verdict() == Verdict.STALE_WALK ? "table" : "frame";
    return String.format(
        Locale.ROOT,
        "%s, mm %d, address 0x%x, %s 0x%x: %s%s",
        entry.holder(), entry.mm(), entry.page() << 12, stageText() + what, entry.pfn(),
        kind.text(),
        usedAtPs.isPresent() && !kind.isUse() ? ", and used later" : "");
  }
}
