package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one node has to say at the end of a run.
 *
 * @param cells a digest of each component's facts
 * @param epochs running digests at the ends of epochs
 * @param events delivered events, by partition of the node
 * @param endPs time of its last event, in ps
 * @param drained whether no event was left
 * @param failure why it failed inside, if it did
 */
record Tally(
    List<CellDigest> cells, List<EpochDigest> epochs, List<Long> events, long endPs,
    boolean drained, Optional<Trouble> failure) {

  /** All facts of component {@code index}: their digest, their number, its last epoch's end. */
  record CellDigest(int index, long digest, long factCount, long epochEndPs) {}

  /**
   * What component {@code index} had digested by the end of the epoch that ends at {@code endPs}.
   */
  record EpochDigest(long endPs, int index, long digest) {}

  /** A failure without its exception, which has no bytes. */
  record Trouble(String component, long atPs, String message, String what) {
    Failure asFailure() {
      return new Failure(component, atPs, message, what, null);
    }
  }

  /** The tally of {@code partitions} and the cells in them. */
  static Tally of(Cell<?>[] cells, List<Partition> partitions) {
    List<CellDigest> digests = new ArrayList<>();
    for (Cell<?> cell : cells) {
      if (cell != null) {
        digests.add(
            new CellDigest(cell.index(), cell.digest(), cell.factCount(), cell.epochEndPs()));
      }
    }
    List<EpochDigest> epochs = new ArrayList<>();
    List<Long> events = new ArrayList<>();
    long endPs = 0;
    boolean drained = true;
    Failure failure = null;
    for (Partition partition : partitions) {
      epochs.addAll(partition.epochs());
      events.add(partition.events());
      endPs = Math.max(endPs, partition.nowPs());
      drained &= partition.pending() == 0;
      failure = earlier(failure, partition.failure());
    }
    Optional<Trouble> trouble =
        Optional.ofNullable(failure)
            .map(f -> new Trouble(f.component(), f.atPs(), f.message(), f.what()));
    return new Tally(digests, epochs, events, endPs, drained, trouble);
  }

  /** The one that came first in virtual time, then by name; either may be null. */
  static Failure earlier(Failure a, Failure b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    if (a.atPs() != b.atPs()) {
      return a.atPs() < b.atPs() ? a : b;
    }
    return a.component().compareTo(b.component()) <= 0 ? a : b;
  }
}
