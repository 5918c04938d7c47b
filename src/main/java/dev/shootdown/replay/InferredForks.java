package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Forks that were not recorded and must have happened all the same: a space writes to pages that
 * are present and that it has never faulted in, and an older one has. Only fork leaves them there.
 *
 * <p>A child may wait long for a CPU. The fork is put before the parent's first write fault on a
 * page that it had been able to write, since the last fork; if there is none, where the child is
 * first heard of, on the CPU where the parent did something last.
 */
final class InferredForks {
  /** One such page may be a file's, mapped by the fault of its neighbour. */
  private static final int WRITES_NEEDED = 2;

  private final List<Cause> causes;
  private final AddressSpaces spaces;
  private final Map<Integer, Integer> processes;
  private final Images images;
  private final TreeSet<Integer> forked = new TreeSet<>();
  private final TreeMap<Integer, TreeSet<Long>> pagesBySpace = new TreeMap<>();
  private final TreeMap<Integer, TreeMap<Integer, Integer>> writesByChild = new TreeMap<>();
  private final TreeMap<Integer, Integer> parentByChild = new TreeMap<>();
  private final TreeMap<Integer, Integer> tidByChild = new TreeMap<>();

  private InferredForks(
      List<Cause> causes, AddressSpaces spaces, Map<Integer, Integer> processes) {
    this.causes = causes;
    this.spaces = spaces;
    this.processes = processes;
    this.images = new Images(processes);
  }

  /**
   * The causes with the forks that they imply.
   *
   * @param causes in order of time
   * @param processes the thread group of each thread that is known
   */
  static List<Cause> filledIn(
      List<Cause> causes, AddressSpaces spaces, Map<Integer, Integer> processes) {
    InferredForks forks = new InferredForks(causes, spaces, processes);
    causes.forEach(forks::look);
    return forks.parentByChild.isEmpty() ? causes : forks.placed();
  }

  private int spaceOf(int tid) {
    return spaces.spaceOf(tid, images.of(tid)).orElse(-1);
  }

  private void look(Cause cause) {
    int space = spaceOf(cause.tid());
    if (cause instanceof ForkCause fork) {
      forked.add(fork.childTid());
    } else if (cause instanceof FaultCause fault && space >= 0) {
      look(fault, space);
    } else if (cause instanceof EndCause end) {
      if (end.tornDown()) {
        pagesBySpace.remove(space);
      }
      images.on(cause);
    }
  }

  private void look(FaultCause fault, int space) {
    long page = fault.address() >>> 12;
    TreeSet<Long> own = pagesBySpace.computeIfAbsent(space, key -> new TreeSet<>());
    boolean inherited = !fault.missing() && fault.write() && !own.contains(page)
        && images.of(fault.tid()) == 0 && !forked.contains(fault.tid())
        && !parentByChild.containsKey(space);
    if (inherited) {
      for (int older : pagesBySpace.headMap(space).keySet()) {
        if (pagesBySpace.get(older).contains(page)) {
          int writes = writesByChild.computeIfAbsent(space, key -> new TreeMap<>())
              .merge(older, 1, Integer::sum);
          if (writes == WRITES_NEEDED) {
            parentByChild.put(space, older);
            tidByChild.put(space, fault.tid());
          }
          break;
        }
      }
    }
    own.add(page);
  }

  private List<Cause> placed() {
    TreeMap<Integer, Integer> childByTid = new TreeMap<>();
    tidByChild.forEach((child, tid) -> childByTid.put(tid, child));
    Images now = new Images(processes);
    TreeMap<Integer, Writes> writes = new TreeMap<>();
    parentByChild.values().forEach(parent -> writes.put(parent, new Writes()));
    List<Placed> forks = new ArrayList<>();
    for (int index = 0; index < causes.size(); index++) {
      Cause cause = causes.get(index);
      int tid = cause instanceof SwitchCause change ? change.nextTid() : cause.tid();
      Integer child = childByTid.remove(tid);
      if (child != null) {
        int parent = parentByChild.get(child);
        int before = writes.get(parent).forkedBefore();
        forks.add(place(parent, before < 0 ? index : before, before >= 0, tid));
      }
      Writes own = writes.get(spaces.spaceOf(cause.tid(), now.of(cause.tid())).orElse(-1));
      if (own != null && cause.isTouch()) {
        own.on(cause, index);
      }
      now.on(cause);
    }
    return merged(forks);
  }

  /** A fork and the index of the cause that it comes before. */
  private record Placed(int index, Cause fork) {}

  private Placed place(int parent, int index, boolean exact, int childTid) {
    if (exact) {
      Cause write = causes.get(index);
      return new Placed(
          index, new ForkCause(write.atPs(), write.cpu(), write.tid(), childTid));
    }
    for (int at = index - 1; at >= 0; at--) {
      Cause last = causes.get(at);
      if (spaces.spaces().get(parent).images().containsKey(last.tid())) {
        boolean left = last instanceof SwitchCause;
        long whenPs = left ? last.atPs() : causes.get(index).atPs();
        return new Placed(
            left ? at : index, new ForkCause(whenPs, last.cpu(), last.tid(), childTid));
      }
    }
    Cause first = causes.get(index);
    return new Placed(index, new ForkCause(first.atPs(), first.cpu(), childTid, childTid));
  }

  private List<Cause> merged(List<Placed> forks) {
    TreeMap<Integer, List<Cause>> byIndex = new TreeMap<>();
    forks.forEach(fork ->
        byIndex.computeIfAbsent(fork.index(), key -> new ArrayList<>()).add(fork.fork()));
    List<Cause> complete = new ArrayList<>();
    for (int index = 0; index < causes.size(); index++) {
      complete.addAll(byIndex.getOrDefault(index, List.of()));
      complete.add(causes.get(index));
    }
    return complete;
  }

  /** What a space could write without a fault, and where it could not any more. */
  private static final class Writes {
    private final TreeSet<Long> writable = new TreeSet<>();
    private int firstLost = -1;

    void on(Cause cause, int index) {
      if (cause instanceof FaultCause fault) {
        long page = fault.address() >>> 12;
        if (fault.write() && !fault.missing() && writable.contains(page)) {
          firstLost = firstLost < 0 ? index : firstLost;
          writable.clear();
        }
        if (fault.write()) {
          writable.add(page);
        }
      } else if (cause instanceof SyscallCause call) {
        long first = call.call().startAddress() >>> 12;
        long end = call.call().endAddress() + 0xfff >>> 12;
        if (end > first) {
          writable.subSet(first, end).clear();
        }
      }
    }

    /** Where the last fork must have been behind it, −1 if nothing shows it; from now on a new. */
    int forkedBefore() {
      int before = firstLost;
      firstLost = -1;
      if (before < 0) {
        writable.clear();
      }
      return before;
    }
  }
}
