package dev.shootdown.engine;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.image.AsBuilt;
import dev.shootdown.image.Unimaged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Where a run pauses to be kept, and what it goes on from.
 *
 * <ol>
 *   <li>When all parts have started, their objects are numbered. If the run goes on from a
 *       checkpoint, what the start has sent is dropped, and each part holds again what it held.
 *   <li>No window reaches over the next pause. When nothing is left before it, the state of every
 *       part is taken; over nodes, node 0 gets all of it.
 * </ol>
 *
 * <p>Only the thread that came last to a barrier works here, while all others wait.
 */
final class Pauses {
  private final Blueprint blueprint;
  private final Directory directory;
  private final Cell<?>[] cells;
  private final List<Partition> partitions;
  private final Optional<Checkpoints> checkpoints;
  private final Supplier<Object[]> observers;
  private final Meeting meeting;
  private long everyPs = Long.MAX_VALUE;
  private long duePs = Long.MAX_VALUE;
  private CellImages images;
  private AsBuilt observed;

  /**
   * The pauses of a run; {@code meeting} is null where it is this node's alone.
   *
   * @param observers objects of whoever observes it, on node 0
   */
  Pauses(
      Blueprint blueprint, Directory directory, Cell<?>[] cells, List<Partition> partitions,
      Optional<Checkpoints> checkpoints, Supplier<Object[]> observers, Meeting meeting) {
    this.blueprint = blueprint;
    this.directory = directory;
    this.cells = cells;
    this.partitions = partitions;
    this.checkpoints = checkpoints;
    this.observers = observers;
    this.meeting = meeting;
  }

  /** Whether {@link #begun} has something to do. */
  boolean isAwaited() {
    return checkpoints.isPresent() || meeting != null;
  }

  /** Where the next pause is, in ps; windows end there. */
  long duePs() {
    return duePs;
  }

  /**
   * All parts have started.
   *
   * @throws BadCheckpoint if the run can't be kept, or can't go on from where it should
   */
  void begun() {
    everyPs = checkpoints.map(Checkpoints::everyPs).orElse(Long.MAX_VALUE);
    Optional<Snapshot> from = checkpoints.flatMap(Checkpoints::from);
    if (meeting != null) {
      from = agreed(from);
    }
    if (everyPs == Long.MAX_VALUE && from.isEmpty()) {
      return;
    }
    images = new CellImages(blueprint, cells);
    if (checkpoints.isPresent()) {
      observed = observed();
    }
    from.ifPresent(this::restore);
    plan(from.map(Snapshot::atPs).orElse(0L));
  }

  private AsBuilt observed() {
    try {
      return AsBuilt.of(observers.get());
    } catch (Unimaged unknown) {
      throw new BadCheckpoint("an observer has no image: " + unknown.getMessage());
    }
  }

  private void plan(long atPs) {
    long times = atPs / everyPs + 1;
    duePs = times > Long.MAX_VALUE / everyPs ? Long.MAX_VALUE : times * everyPs;
  }

  /** What node 0 wants, on all nodes. */
  private Optional<Snapshot> agreed(Optional<Snapshot> own) {
    BytesOut out = new BytesOut();
    out.unsigned(everyPs);
    out.flag(own.isPresent());
    own.ifPresent(snapshot -> snapshot.write(out));
    byte[] plan = meeting.fromFirst(out.toByteArray());
    try {
      BytesIn in = new BytesIn(plan);
      everyPs = in.unsigned();
      return in.flag() ? Optional.of(Snapshot.read(in)) : Optional.empty();
    } catch (BadBytes bad) {
      throw new BadCheckpoint("a checkpoint that makes no sense: " + bad.getMessage());
    }
  }

  private void restore(Snapshot from) {
    partitions.forEach(partition -> partition.rewind(from.lastPs()));
    if (partitions.get(0).number() == 0) {
      partitions.get(0).setEvents(from.events());
    }
    images.restore(from.parts());
    if (observed != null) {
      try {
        observed.restore(from.observers());
      } catch (BadBytes bad) {
        throw new BadCheckpoint(
            "who observed the run when it was kept isn't who observes it now (was a trace asked for"
                + " only once?): " + bad.getMessage());
      }
    }
  }

  /** Nothing is left before {@code fromPs}, which the next pause is not behind. */
  void take(long fromPs) {
    long atPs = fromPs / everyPs * everyPs;
    plan(atPs);
    List<Snapshot.Part> own = List.of();
    String refused = "";
    byte[] observers = new byte[0];
    try {
      own = images.take(partitions);
      observers = observed == null ? observers : observed.image(this.observers.get());
    } catch (Unimaged unknown) {
      refused = unknown.getMessage();
    }
    Collected all = new Collected(directory.size());
    all.add(own, Tally.of(cells, partitions), refused);
    if (meeting != null) {
      meeting.toFirst(all);
    }
    byte[] seen = observers;
    checkpoints.ifPresent(to -> tell(to, atPs, all, seen));
  }

  private void tell(Checkpoints to, long atPs, Collected all, byte[] seen) {
    if (meeting != null && meeting.lost() != null) {
      return;
    }
    if (!all.refused.isEmpty()) {
      to.refused(atPs, all.refused);
      return;
    }
    long events = 0;
    long lastPs = 0;
    for (Tally tally : all.tallies) {
      lastPs = Math.max(lastPs, tally.endPs());
      events += tally.events().stream().mapToLong(Long::longValue).sum();
    }
    String fingerprint = Fingerprint.of(directory, all.tallies).total();
    to.keep(
        new Snapshot(
            atPs, lastPs, events, fingerprint, List.copyOf(all.parts.values()), seen));
  }

  /** What nodes have to say at a pause. */
  static final class Collected {
    private final TreeMap<Integer, Snapshot.Part> parts = new TreeMap<>();
    private final List<Tally> tallies = new ArrayList<>();
    private final int size;
    private String refused = "";

    Collected(int size) {
      this.size = size;
    }

    private void add(List<Snapshot.Part> more, Tally tally, String why) {
      for (int i = 0; i < more.size(); i++) {
        parts.put(tally.cells().get(i).index(), more.get(i));
      }
      tallies.add(tally);
      refused = refused.isEmpty() ? why : refused;
    }

    /** What one node has to say, for node 0. */
    byte[] bytes() {
      BytesOut out = new BytesOut();
      out.text(refused);
      Meeting.TALLIES.write(tallies.get(0), out);
      out.unsigned(parts.size());
      parts.values().forEach(part -> {
        out.text(part.name());
        Snapshot.write(part.image(), out);
      });
      return out.toByteArray();
    }

    /**
     * Adds what another node said.
     *
     * @throws BadBytes if it makes no sense
     */
    void add(byte[] said) {
      BytesIn in = new BytesIn(said);
      String why = in.text();
      Tally tally = Meeting.TALLIES.read(in);
      List<Snapshot.Part> more = new ArrayList<>();
      for (int left = in.count(); left > 0; left--) {
        more.add(new Snapshot.Part(in.text(), in.raw(in.count())));
      }
      in.finish();
      boolean fits = why.isEmpty() == (more.size() == tally.cells().size())
          && tally.cells().stream().allMatch(c -> c.index() >= 0 && c.index() < size);
      if (!fits) {
        throw new BadBytes("the state of other components", 0);
      }
      add(more, tally, why);
    }
  }
}
