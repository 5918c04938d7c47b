package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * Which path to carry out on what.
 *
 * @param to where a move goes, or what to merge with; empty otherwise
 * @param file the file whose reverse map is used, −1 for anonymous memory
 * @param child the address space that a fork fills, −1 for none
 * @param expected the frame that a fault found, read-only, before it decided for this path; −1 for
 *     whatever stands there
 * @param pieces its areas, in ascending order
 */
record PathJob(
    Path path, int mm, PageRange range, PageRange to, int file, int child, long expected,
    List<Action.Piece> pieces) {
  static final PageRange NOWHERE = new PageRange(0, 0);

  /** A path on whatever stands there. */
  PathJob(Path path, int mm, PageRange range, PageRange to, int file, int child) {
    this(path, mm, range, to, file, child, -1, List.of(new Action.Piece(range, file)));
  }

  /** A path on anonymous memory that moves nothing. */
  static PathJob of(Path path, int mm, PageRange range) {
    return new PathJob(path, mm, range, NOWHERE, -1, -1);
  }

  static PathJob of(Action.Operate operate) {
    return new PathJob(
        operate.path(), operate.mm(), operate.range(), operate.to(), operate.file(),
        operate.child(), -1, operate.pieces());
  }

  /** The same for an entry that a fault has looked at. */
  PathJob expecting(long pfn) {
    return new PathJob(path, mm, range, to, file, child, pfn, pieces);
  }

  /** Where {@code part} of the range has its counterpart in {@code to}. */
  PageRange counterpart(PageRange part) {
    return to.pages() == 0
        ? NOWHERE
        : new PageRange(part.firstPage() - range.firstPage() + to.firstPage(), part.pages());
  }
}
