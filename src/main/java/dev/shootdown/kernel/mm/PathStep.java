package dev.shootdown.kernel.mm;

import static dev.shootdown.kernel.mm.Operand.maybe;
import static dev.shootdown.kernel.mm.Operand.one;

import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of a path: a primitive with its words, and the kernels that have it.
 *
 * @param when in which kernels the step exists
 * @param primitive what to do
 * @param words what stands behind the primitive, in order
 */
public record PathStep(When when, Primitive primitive, List<String> words) {
  private static final Operand WHERE = maybe("range", "group", "page", "all");
  private static final Operand KEEP = maybe("keep-lock");

  /**
   * The vocabulary, with the words that each may be followed by; docs/paths.md has an example of
   * each. <i>Here</i> is the page of a for-page, else the group of a for-group, else the whole
   * range. <i>Captured</i> are the frames that visits have found here; <i>fresh</i> are those that
   * the path allocated for here.
   */
  public enum Primitive {
    /** Work of the kernel's own code; the word names the cost, or is the time itself. */
    SPEND(Operand.timeOr(
        "syscall", "unmap", "zap", "protect", "move", "truncate", "fork", "reclaim", "scan",
        "collapse")),
    /** Take mmap_lock exclusively. */
    MMAP_W_LOCK,
    /** Give it back. */
    MMAP_W_UNLOCK,
    /** Take mmap_lock shared. */
    MMAP_R_LOCK,
    /** Give it back. */
    MMAP_R_UNLOCK,
    /** Keep mmap_lock, held exclusively until now, shared. */
    MMAP_DOWNGRADE,
    /** Take the reverse map's lock, shared unless said otherwise: the file's, or anon_vma's. */
    RMAP_LOCK(maybe("exclusive")),
    /** Give it back. */
    RMAP_UNLOCK(maybe("exclusive")),
    /** Take the folio locks of the captured frames that the path doesn't hold yet. */
    FOLIO_LOCK,
    /** Give all of them back. */
    FOLIO_UNLOCK,
    /** Take the page-table locks of here, and with a move of where it goes. */
    PTL_LOCK,
    /** Give all page-table locks back. */
    PTL_UNLOCK,
    /** Start an mmu_gather; a full one flushes the whole address space. */
    GATHER_BEGIN(maybe("full")),
    /** Ask whether other gathers are active: if so, the commit flushes everything. */
    GATHER_CHECK,
    /** End the gather. */
    GATHER_END,
    /**
     * mmu_notifier_invalidate_range_start. With nonblock, a subscriber that would have to sleep
     * refuses, and the path goes on behind the bracket.
     */
    N_START(Operand.maybeEnum(MachineFact.Event.values()), WHERE, maybe("nonblock")),
    /** mmu_notifier_invalidate_range_end of the innermost bracket. */
    N_END,
    /** mmu_notifier_invalidate_range_only_end of the innermost bracket. */
    N_ONLY_END,
    /**
     * Under the page-table lock: mmu_notifier_change_pte, the first half of set_pte_at_notify. Each
     * subscriber is handed the entry that is about to be stored here, for the fresh frame or for
     * the same one.
     */
    CHANGE_PTE(one("fresh", "same"), maybe("read-only")),
    /**
     * mmu_notifier_release: subscribers drop all they have, drivers take the address space away
     * from their devices, and none of them hears of a bracket or a flush any more.
     */
    RELEASE,
    /** Repeat what follows for each area of the operation, which is the range there. */
    FOR_AREA,
    /** End of the repetition; what was committed in it is flushed. */
    END_AREA,
    /** Repeat what follows for each 2 MiB group of the range. */
    FOR_GROUP,
    /** End of the repetition. */
    END_GROUP,
    /** Repeat what follows for each page of here, or for the mapped ones, which it captures. */
    FOR_PAGE(maybe("mapped")),
    /** End of the repetition. */
    END_PAGE,
    /** Under the page-table lock: capture entries; with to, those of the target as fresh frames. */
    PTE_LOOK(maybe("to")),
    /** Under the page-table lock: go on at else if entries changed since they were captured. */
    PTE_SAME,
    /** Under the page-table lock: clear entries, capture and gather their pages. */
    PTE_CLEAR("", "keep-lock"),
    /** Under the page-table lock: take the right to write away. */
    PTE_PROTECT("", "keep-lock"),
    /** Under the page-table lock: give the right to write. */
    PTE_UPGRADE("", "keep-lock"),
    /** Under the page-table locks: move entries to the new address. */
    PTE_MOVE("", "keep-lock"),
    /** Allocate a page for each of here, and store entries where there were none. */
    PTE_POPULATE,
    /** Under the page-table lock: store entries for fresh frames where there are none. */
    PTE_SET(maybe("read-only"), KEEP),
    /** Under the page-table lock: entries point to the fresh frames, whatever they were. */
    PTE_REPOINT(maybe("read-only"), KEEP),
    /** Under the page-table lock, held since: put cleared entries back, or read-only and clean. */
    PTE_RETURN(one("same", "read-only"), KEEP),
    /** Under the page-table lock: entries become migration entries. */
    PTE_MIGRATION(KEEP),
    /** Under the page-table lock: migration, swap and hint entries map again, or fresh frames. */
    PTE_RESTORE(KEEP),
    /** Under the page-table lock: entries become swap entries. */
    PTE_SWAP(KEEP),
    /** Under the page-table lock: entries become NUMA hints, without access. */
    PTE_PROTNONE(KEEP),
    /** Under the page-table lock: clear dirty bits, keep the right to write (MADV_FREE). */
    PTE_LAZYFREE(KEEP),
    /** Under the page-table lock: clear dirty bits and the right to write (page_mkclean). */
    PTE_MKCLEAN(KEEP),
    /** Under the page-table lock: clear soft-dirty bits and the right to write. */
    PTE_SOFT_CLEAN(KEEP),
    /** Under the page-table lock: take the right to write away for userfaultfd. */
    PTE_USERFAULT(KEEP),
    /** Under the page-table lock: clear 2 MiB entries, or unhook whole page-table pages. */
    PMD_CLEAR(KEEP),
    /** Under the page-table locks: move 2 MiB entries or whole page-table pages. */
    PMD_MOVE(KEEP),
    /** Under the page-table lock: a 2 MiB entry becomes non-present but keeps its frame. */
    PMD_INVALIDATE(KEEP),
    /** Under the page-table lock: a 2 MiB entry becomes 512 entries for the same frames. */
    PMD_SPLIT(KEEP),
    /** Under the page-table lock: one 2 MiB entry for the fresh huge frame, where none is. */
    PMD_COLLAPSE(KEEP),
    /** Under the page-table lock: a 2 MiB entry points to the fresh huge frame. */
    PMD_REPOINT(KEEP),
    /** Unhook page-table pages that hold nothing; the commit then flushes walk caches as well. */
    TABLE_DETACH,
    /**
     * PGT-FREE: unhooked page-table pages go back to the allocator: at once, or late, once those
     * have left who walk with interrupts off; if it isn't said, as the architecture does.
     */
    TABLE_FREE(maybe("at-once", "late")),
    /** Interrupt all CPUs, which flushes nothing and waits for those that have interrupts off. */
    TABLE_SYNC,
    /** Interrupts off: others' interrupts wait. */
    INTERRUPTS_OFF,
    /** Interrupts on again. */
    INTERRUPTS_ON,
    /** Without a lock: which page-table page has the entries of here, or which 2 MiB entry. */
    WALK_ENTER,
    /** Without a lock: read the entries of here in it; with write those that may be written. */
    WALK_READ(maybe("write")),
    /** Take a reference to each frame that was read and is not free. */
    WALK_TAKE,
    /**
     * Go on at else if the page-table page or an entry is not what was read any more, or a frame
     * was free; with entries, whatever stands above them.
     */
    WALK_SAME(maybe("entries")),
    /** Give back the references that were taken. */
    WALK_DROP,
    /** Write-protect the parent's entries and store them read-only in the child. */
    FORK_COPY(KEEP),
    /**
     * Flush CPUs, at once; with tables if page tables may be freed or moved; of what changed only
     * what a CPU could have cached (pte_accessible); huge if it is counted in 2 MiB pages.
     */
    CPU_FLUSH(
        one(
            "changed", "changed-with-tables", "accessible", "range", "range-with-tables", "group",
            "page", "all"),
        maybe("huge")),
    /** Flush IOMMUs and devices, at once. */
    SEC_INV("range", "gathered", "changed", "page", "group", "all"),
    /** Flush IOMMUs and devices as a commit of era B did: nested, an empty range at the top. */
    SEC_INV_NESTED,
    /** Tell the architecture that entries gained a right. */
    UPGRADED,
    /** Queue each entry of the last visit for a batched flush. */
    BATCH_ADD,
    /** Flush what was queued from the CPUs. */
    BATCH_FLUSH,
    /** Flush the whole address space from the CPUs if a batched flush may be owed to it. */
    BATCHED_PENDING,
    /** Flush what was gathered, if anything was. */
    COMMIT,
    /**
     * Allocate fresh frames for the captured pages; with huge one of 2 MiB, with parts one of 4 KiB
     * for each page that they cover.
     */
    PAGE_ALLOC(maybe("anon", "ksm", "huge", "parts")),
    /** Copy the captured frames' content to the fresh ones. */
    COPY_CONTENT,
    /** Compare the captured frames' content with the fresh ones': it is taken to be equal. */
    COMPARE_CONTENT,
    /**
     * Go on at else if captured frames have references that no mapping explains; with taken, also
     * if the path is not who took their entries out of the table.
     */
    CHECK_REFS(maybe("taken")),
    /** What follows is done only if the last check failed. */
    ELSE,
    /** End of what depends on a check. */
    END_CHECK,
    /** Start writing the captured frames to storage: they count as clean. */
    WRITE_BACK,
    /** MADV_FREE has returned: captured frames may be discarded as long as they stay clean. */
    DISCARD_MARK,
    /** page_mkclean has returned: captured frames count as clean. */
    MKCLEAN_MARK,
    /** RMAP-DEL: pages that the path took out of the table are mapped once less. */
    RMAP_DEL,
    /** This CPU's new pages go to the LRU lists (lru_add_drain). */
    LRU_DRAIN,
    /** Take a reference to the captured frames. */
    FRAME_GET(maybe("captured", "fresh")),
    /** Give one back; the last one frees. */
    FRAME_PUT(maybe("captured", "fresh")),
    /** Give the references of mappings back: of gathered pages, or of captured or fresh ones. */
    PAGE_FREE(maybe("gathered", "captured", "fresh")),
    /** From now on nobody may write the captured frames in place, or for ksm the fresh ones. */
    SHARE(one("fork", "ksm")),
    /** The captured frames have a single owner again. */
    UNSHARE,
    /** The page cache, or a driver, lets go of the captured frames. */
    CACHE_DROP,
    /** The address space gets its PASID: software knows, and IOMMUs walk its table. */
    PASID_BIND,
    /** The PASID's entry names no table any more. */
    PASID_CLEAR,
    /** IOTLBs and devices forget the PASID, and page requests under way reach the log. */
    PASID_FLUSH,
    /** Wait until no page request of the PASID is left to be answered. */
    PRQ_DRAIN,
    /** The PASID may be given to another address space. */
    PASID_FREE,
    /** The areas of the range are gone. */
    AREAS_REMOVE,
    /** The areas of the range have moved to the new address. */
    AREAS_MOVE,
    /** The areas of the range are read-only. */
    AREAS_PROTECT,
    /** The areas of the range may be written. */
    AREAS_UPGRADE,
    /** Open a gate for good. */
    SIGNAL(Operand.name()),
    /** Wait until a gate is open. */
    WAIT(Operand.name()),
    /** Wait until so many have come here. */
    BARRIER(Operand.name(), Operand.count()),
    /** The path returns, and takes these rights to the range away. */
    REVOKE(one("all", "write"));

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final List<Operand> operands;

    Primitive(Operand... operands) {
      this.operands = List.of(operands);
    }

    /** One word, which may be left out if one of the words is empty. */
    Primitive(String word, String... others) {
      List<String> words = new ArrayList<>(List.of(others));
      words.add(0, word);
      String[] real = words.stream().filter(w -> !w.isEmpty()).toArray(String[]::new);
      this.operands = List.of(words.contains("") ? maybe(real) : one(real));
    }

    /** Whether it concerns the PASID that the address space is given. */
    public boolean isOfPasids() {
      return this == PASID_BIND || this == PASID_CLEAR || this == PASID_FLUSH
          || this == PRQ_DRAIN || this == PASID_FREE;
    }

    /** As it is written in a path. */
    public String text() {
      return text;
    }

    /** The words that may follow; empty if none may. */
    public List<String> arguments() {
      return operands.stream().flatMap(operand -> operand.words().stream()).toList();
    }

    /** How it is written: {@code n-start [UNMAP|CLEAR|…] [range|group|page|all] [nonblock]}. */
    public String usage() {
      StringBuilder usage = new StringBuilder(text());
      operands.forEach(operand -> usage.append(' ').append(operand.usage()));
      return usage.toString();
    }

    /** Refuses words that don't fit, saying what would. */
    private void check(List<String> words) {
      if (words.size() > operands.size() && !operands.isEmpty()) {
        throw new IllegalArgumentException(
            "too many words after '" + text() + "'; write " + usage());
      }
      int at = 0;
      for (Operand operand : operands) {
        if (at < words.size() && operand.fits().test(words.get(at))) {
          at++;
        } else if (!operand.optional()) {
          throw wrong(operand.words(), at < words.size() ? words.get(at) : "");
        }
      }
      if (at < words.size()) {
        throw wrong(arguments(), words.get(at));
      }
    }

    private IllegalArgumentException wrong(List<String> allowed, String word) {
      String takes = allowed.isEmpty() ? "no argument" : "one of " + allowed;
      String form = operands.size() > 1 ? "; write " + usage() : "";
      return new IllegalArgumentException(
          "'" + text() + "' takes " + takes + ", not '" + word + "'" + form);
    }
  }

  /** Refuses words that the primitive doesn't take. */
  public PathStep {
    words = List.copyOf(words);
    primitive.check(words);
    if (primitive == Primitive.CHANGE_PTE && when.eras().contains(Era.C)) {
      throw new IllegalArgumentException(
          "'change-pte' has no place in era C, as Linux 6.10 has no such callback; write 'AB: "
              + "change-pte'");
    }
  }

  /** The first word, empty if there is none. */
  public String argument() {
    return words.isEmpty() ? "" : words.get(0);
  }

  /** Whether {@code word} stands behind the primitive. */
  public boolean has(String word) {
    return words.contains(word);
  }

  /** Whether the page-table lock stays held after the step. */
  public boolean keepsLock() {
    return primitive == Primitive.PTL_LOCK || has("keep-lock");
  }

  /** The era, if only one has this step. */
  public Optional<Era> era() {
    return when.eras().size() == 1
        ? Optional.of(when.eras().iterator().next()) : Optional.empty();
  }

  /**
   * Reads a line such as {@code "AB: sec-inv range"}.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  public static PathStep parse(String line) {
    List<String> words = new ArrayList<>(List.of(line.trim().split("\\s+")));
    When when = When.ALWAYS;
    String missing = "a step is missing";
    if (words.get(0).endsWith(":")) {
      String name = words.remove(0);
      when = When.parse(name.substring(0, name.length() - 1));
      missing = "a step is missing after the era";
    }
    if (words.isEmpty() || words.get(0).isEmpty()) {
      throw new IllegalArgumentException(missing);
    }
    return new PathStep(when, primitive(words.get(0)), words.subList(1, words.size()));
  }

  private static Primitive primitive(String word) {
    return PathStepText.find(word)
        .orElseThrow(
            () -> new IllegalArgumentException(
                "'" + word + "' is no primitive; " + PathStepText.hint(word)));
  }
}
