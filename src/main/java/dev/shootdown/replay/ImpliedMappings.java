package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Mappings that were not recorded and must have been made all the same: madvise and mprotect fail
 * on a range of which a part is not mapped (Linux {@code madvise_walk_vmas} and {@code
 * do_mprotect_pkey}: ENOMEM), so one that succeeded over a part that a call had unmapped tells of
 * an mmap in between. That is taken to have had the range of the call, with MAP_FIXED, so that it
 * took away what was left there.
 *
 * <p>Only of recordings without any mmap; who records them needs no guess.
 */
final class ImpliedMappings {
  private final AddressSpaces spaces;
  private final Images images;
  private final TreeMap<Integer, Holes> holesBySpace = new TreeMap<>();
  private final Map<Cause, Cause> proofs = new LinkedHashMap<>();
  private final List<Cause> complete = new ArrayList<>();

  private ImpliedMappings(
      List<Cause> causes, AddressSpaces spaces, Map<Integer, Integer> processes) {
    this.spaces = spaces;
    this.images = new Images(processes);
    boolean recorded = causes.stream().anyMatch(
        cause -> cause instanceof SyscallCause call && call.call().kind() == Syscall.MMAP);
    for (Cause cause : causes) {
      if (!recorded) {
        look(cause);
      }
      complete.add(cause);
    }
  }

  /**
   * Looks for them.
   *
   * @param causes in order of time
   * @param processes the thread group of each thread that is known
   */
  static ImpliedMappings of(
      List<Cause> causes, AddressSpaces spaces, Map<Integer, Integer> processes) {
    return new ImpliedMappings(causes, spaces, processes);
  }

  /** The causes with them, each before the call that proves it. */
  List<Cause> filledIn() {
    return complete;
  }

  /** The call that proves each. */
  Map<Cause, Cause> proofs() {
    return proofs;
  }

  private Holes holes(int tid) {
    int space = spaces.spaceOf(tid, images.of(tid)).orElse(-1);
    return holesBySpace.computeIfAbsent(space, key -> new Holes());
  }

  private void look(Cause cause) {
    if (cause instanceof FaultCause fault) {
      holes(fault.tid()).close(PageRange.of(fault.address() >>> 12));
    } else if (cause instanceof SyscallCause call && !call.call().failed()) {
      look(call);
    } else if (cause instanceof EndCause end) {
      holes(end.tid()).closeAll();
      images.on(end);
    }
  }

  private void look(SyscallCause cause) {
    SystemCall call = cause.call();
    Holes holes = holes(cause.tid());
    PageRange range = ReplayPlan.range(call.startAddress(), call.lengthBytes());
    switch (call.kind()) {
      case MUNMAP -> holes.open(range);
      case MADVISE, MPROTECT -> {
        if (holes.isPartOf(range)) {
          imply(cause);
        }
        holes.close(range);
      }
      case MREMAP -> {
        PageRange now = ReplayPlan.range(call.result(), call.newLengthBytes());
        if (call.result() != call.startAddress()) {
          holes.open(range);
        } else if (now.pages() > 0 && now.pages() < range.pages()) {
          holes.open(new PageRange(now.endPage(), range.pages() - now.pages()));
        }
        holes.close(now);
      }
      case MMAP -> throw new IllegalStateException("looked for in a recording that has them");
    }
  }

  private void imply(SyscallCause proof) {
    SystemCall call = proof.call();
    List<Long> arguments = List.of(
        call.startAddress(), call.lengthBytes(), 0L, SystemCall.MAP_FIXED, -1L, 0L);
    SyscallCause mapping = new SyscallCause(
        proof.atPs(), proof.atPs(), proof.cpu(), proof.cpu(), proof.tid(),
        new SystemCall(Syscall.MMAP, arguments, call.startAddress()));
    proofs.put(mapping, proof);
    complete.add(mapping);
  }

  /** What calls have unmapped in one address space, until something shows that it is mapped. */
  private static final class Holes {
    private final TreeMap<Long, Long> endByFirst = new TreeMap<>();

    void open(PageRange range) {
      if (range.pages() > 0) {
        close(range);
        endByFirst.put(range.firstPage(), range.endPage());
      }
    }

    /** Something is mapped there; then all of the hole may be, as nobody says how much. */
    void close(PageRange range) {
      touching(range).forEach(endByFirst::remove);
    }

    void closeAll() {
      endByFirst.clear();
    }

    /** Whether holes are a part of the range, and not all of it. */
    boolean isPartOf(PageRange range) {
      long open = 0;
      for (long first : touching(range)) {
        open += Math.min(endByFirst.get(first), range.endPage())
            - Math.max(first, range.firstPage());
      }
      return open > 0 && open < range.pages();
    }

    private TreeSet<Long> touching(PageRange range) {
      TreeSet<Long> touching = new TreeSet<>();
      endByFirst.headMap(range.endPage(), false).forEach((first, end) -> {
        if (end > range.firstPage()) {
          touching.add(first);
        }
      });
      return touching;
    }
  }
}
