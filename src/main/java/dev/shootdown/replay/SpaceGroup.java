package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Threads taken for one address space so far, with what they touched. */
final class SpaceGroup {
  /** The share of touches that must lie in the other's regions. */
  static final double MAJORITY = 0.5;

  private static final int REGION_SHIFT = 30;
  /** Program images are told apart by 2 MiB: their stacks alone may share a region. */
  private static final int IMAGE_SHIFT = 21;
  private static final int PAGE_SHIFT = 12;
  private static final long PAGE_MASK = (1L << PAGE_SHIFT) - 1;
  private static final int CONTRADICTIONS_NEEDED = 2;
  private static final long RACE_PS = 20_000_000;

  private static final int NEVER = Integer.MAX_VALUE;

  private final TreeMap<Integer, SortedSet<Integer>> images = new TreeMap<>();
  private final TreeMap<Long, Integer> touchesByRegion = new TreeMap<>();
  private final List<Touch> touches = new ArrayList<>();
  private final int image;
  private int otherImages;
  private int process;
  private int tornDownAt = NEVER;
  private boolean endsInExec;

  /** A call or fault and its place among all causes. */
  private record Touch(int position, Cause cause) {}

  /** Of one thread and program; {@code process} is its thread group, 0 if that is not known. */
  SpaceGroup(int tid, int image, int process) {
    images.put(tid, new TreeSet<>(List.of(image)));
    this.image = image;
    this.process = process;
  }

  /** The thread group, 0 if it is not known of any thread. */
  int process() {
    return process;
  }

  /** Which of its thread's programs it was made for. */
  int image() {
    return image;
  }

  /** Whether both are the same program of the same process. */
  boolean isSameProgram(SpaceGroup other) {
    return process == other.process && image == other.image;
  }

  /** Its program ended. */
  void ended(EndCause end, int position) {
    endsInExec = end.exec();
    tornDownAt = end.tornDown() ? position : tornDownAt;
  }

  /** Whether it ended because its thread went on with another program. */
  boolean endsInExec() {
    return endsInExec;
  }

  /** A thread that is known to be of it, though it touched nothing. */
  void addThread(int tid) {
    images.computeIfAbsent(tid, key -> new TreeSet<>()).add(image);
  }

  void add(int position, Cause cause) {
    touches.add(new Touch(position, cause));
    touchesByRegion.merge(address(cause) >>> REGION_SHIFT, 1, Integer::sum);
  }

  /**
   * Keeps the touches of the program image that a single thread ran for most of its life.
   *
   * <p>After exec nothing lies where it lay before, and the first thing that happens is that the
   * new program's first instruction is not there. So an image begins at such a fault when no 2 MiB
   * touched before it is touched again.
   */
  void keepMainImage() {
    TreeMap<Long, Integer> lastTouchByBlock = new TreeMap<>();
    for (int index = 0; index < touches.size(); index++) {
      lastTouchByBlock.put(address(touches.get(index).cause()) >>> IMAGE_SHIFT, index);
    }
    int begin = 0;
    int mainBegin = 0;
    int mainEnd = 0;
    int neededUntil = -1;
    for (int index = 0; index <= touches.size(); index++) {
      boolean end = index == touches.size();
      if (end || neededUntil < index && beginsImage(touches.get(index).cause())) {
        if (index - begin > mainEnd - mainBegin) {
          mainBegin = begin;
          mainEnd = index;
        }
        begin = index;
      }
      if (!end) {
        neededUntil = Math.max(neededUntil,
            lastTouchByBlock.get(address(touches.get(index).cause()) >>> IMAGE_SHIFT));
      }
    }
    List<Touch> kept = new ArrayList<>(touches.subList(mainBegin, mainEnd));
    otherImages = touches.size() - kept.size();
    touches.clear();
    touchesByRegion.clear();
    kept.forEach(touch -> add(touch.position(), touch.cause()));
  }

  private static boolean beginsImage(Cause cause) {
    return cause instanceof FaultCause fault && fault.missing() && fault.instruction()
        && fault.address() == fault.instructionPointer();
  }

  /** Touches that were left out because another program image made them. */
  int otherImages() {
    return otherImages;
  }

  void absorb(SpaceGroup other) {
    process = process == 0 ? other.process : process;
    other.images.forEach(
        (tid, own) -> images.computeIfAbsent(tid, key -> new TreeSet<>()).addAll(own));
    tornDownAt = Math.min(tornDownAt, other.tornDownAt);
    endsInExec |= other.endsInExec;
    otherImages += other.otherImages;
    touches.addAll(other.touches);
    touches.sort(Comparator.comparingInt(Touch::position));
    other.touchesByRegion.forEach((region, count) ->
        touchesByRegion.merge(region, count, Integer::sum));
  }

  TreeMap<Integer, SortedSet<Integer>> images() {
    return images;
  }

  int size() {
    return touches.size();
  }

  int regionCount() {
    return touchesByRegion.size();
  }

  /** Which part of the smaller group's touches lies in or next to a region of the larger one. */
  double overlap(SpaceGroup other) {
    return touches.size() < other.touches.size() ? shareNear(other) : other.shareNear(this);
  }

  private double shareNear(SpaceGroup other) {
    long near = 0;
    for (var entry : touchesByRegion.entrySet()) {
      long region = entry.getKey();
      Long above = other.touchesByRegion.ceilingKey(region - 1);
      near += above != null && above <= region + 1 ? entry.getValue() : 0;
    }
    return (double) near / touches.size();
  }

  /**
   * Whether enough pages were faulted in by both that one page table cannot explain it, or one was
   * still used when the other was gone.
   */
  boolean contradicts(SpaceGroup other) {
    if (lastTouch() > other.tornDownAt || other.lastTouch() > tornDownAt) {
      return true;
    }
    TreeMap<Long, Faulted> present = new TreeMap<>();
    int contradictions = 0;
    int mine = 0;
    int theirs = 0;
    while (mine < touches.size() || theirs < other.touches.size()) {
      boolean first = theirs == other.touches.size() || mine < touches.size()
          && touches.get(mine).position() < other.touches.get(theirs).position();
      Cause cause = first
          ? touches.get(mine++).cause() : other.touches.get(theirs++).cause();
      contradictions += contradiction(present, cause, first);
      if (contradictions >= CONTRADICTIONS_NEEDED) {
        return true;
      }
    }
    return false;
  }

  private int lastTouch() {
    return touches.isEmpty() ? -1 : touches.get(touches.size() - 1).position();
  }

  /** Who faulted a page in last. */
  private record Faulted(boolean first, long atPs) {}

  private static int contradiction(
      TreeMap<Long, Faulted> present, Cause cause, boolean first) {
    if (cause instanceof FaultCause fault && fault.missing()) {
      Faulted before = present.put(
          fault.address() >>> PAGE_SHIFT, new Faulted(first, fault.atPs()));
      return before != null && before.first() != first
          && fault.atPs() - before.atPs() >= RACE_PS ? 1 : 0;
    }
    if (cause instanceof SyscallCause syscall && syscall.call().kind() != Syscall.MPROTECT) {
      long fromPage = syscall.call().startAddress() >>> PAGE_SHIFT;
      long untilPage = (syscall.call().endAddress() + PAGE_MASK) >>> PAGE_SHIFT;
      if (untilPage > fromPage) {
        present.subMap(fromPage, untilPage).clear();
      }
    }
    return 0;
  }

  private static long address(Cause cause) {
    return cause instanceof FaultCause fault
        ? fault.address() : ((SyscallCause) cause).call().startAddress();
  }
}
