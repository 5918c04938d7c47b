package dev.shootdown.kernel.mm;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import java.util.List;

/** One line of a CPU's workload. */
public sealed interface Action {
  /** Touch every page of the range once, in order. */
  record TouchAll(int mm, PageRange range, Access access) implements Action {}

  /**
   * An area, or a part of one, that a path acts on.
   *
   * @param file the file behind it, −1 for anonymous memory
   * @param pfnMapped whether its entries name memory without reference counts (VM_PFNMAP)
   */
  record Piece(PageRange range, int file, boolean pfnMapped) {
    /** Of memory with reference counts. */
    public Piece(PageRange range, int file) {
      this(range, file, false);
    }
  }

  /**
   * Carry out a kernel path.
   *
   * @param range all of it, what lies between its areas included
   * @param to where a move goes, or what to merge with; empty otherwise
   * @param file the file of the range, −1 for anonymous memory
   * @param child the address space that a fork fills, −1 for none
   * @param pieces its areas, in ascending order
   */
  record Operate(
      Path path, int mm, PageRange range, PageRange to, int file, int child,
      List<Piece> pieces)
      implements Action {
    /** Copies the list. */
    public Operate {
      pieces = List.copyOf(pieces);
    }

    /** A path on a single area. */
    public Operate(Path path, int mm, PageRange range, PageRange to, int file, int child) {
      this(path, mm, range, to, file, child, List.of(new Piece(range, file)));
    }

    /** A path that fills no other address space. */
    public Operate(Path path, int mm, PageRange range, PageRange to, int file) {
      this(path, mm, range, to, file, -1);
    }
  }

  /** Open a gate for good. */
  record Signal(String name) implements Action {}

  /** Wait until a gate is open. */
  record Await(String name) implements Action {}

  /** Wait until {@code count} have come to a barrier. */
  record Barrier(String name, int count) implements Action {}

  /** Be busy in user mode until a time. */
  record SpinUntil(long atPs) implements Action {}

  /** Sleep until a time, with the address space lazily loaded. */
  record SleepUntil(long atPs) implements Action {}

  /** Be busy in user mode for a while. */
  record SpinFor(long durationPs) implements Action {}

  /** Sleep for a while. */
  record SleepFor(long durationPs) implements Action {}

  /** Take up an address space. */
  record SwitchTo(int mm) implements Action {}

  /** Nothing runs any more; the address space stays loaded lazily. */
  record GoIdle() implements Action {}
}
