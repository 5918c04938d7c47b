package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of a blueprint: components are spawned, time advances, everything is stopped again.
 *
 * <p>With one worker the caller's thread runs the only partition. With more, the caller's thread
 * runs partition 0 and one thread each the others, in windows bounded by the lookahead ({@link
 * Windows}).
 */
public final class Simulation {
  private final SystemPool pool;
  private final Blueprint blueprint;
  private final RunOptions options;
  private final Optional<Observer> observer;
  private volatile List<Partition> running = List.of();

  /** A run of {@code blueprint}; {@code observer} sees every fact in the fixed order. */
  public Simulation(
      SystemPool pool, Blueprint blueprint, RunOptions options, Optional<Observer> observer) {
    this.pool = pool;
    this.blueprint = blueprint;
    this.options = options;
    this.observer = observer;
  }

  /**
   * Runs to the end: until no event is left, the time limit, a failure, or the stop flag.
   *
   * @throws Placement.ImpossibleCut if the pins leave no lookahead
   */
  public RunOutcome run() {
    int workers = Math.max(1, Math.min(options.workers(), blueprint.components().size()));
    Placement placement = Placement.of(blueprint, workers);
    SystemPool.Slot slot = pool.take(workers);
    running = slot.partitions;
    boolean cleared = false;
    try {
      Cell<?>[] cells = prepare(slot, placement);
      List<List<Host.Spawning<?>>> spawnings = spawnings(slot, cells);
      Windows windows =
          new Windows(slot.partitions, placement.lookaheadPs(), options, observer.orElse(null));
      windows.run(part -> start(slot, part, spawnings), part -> end(slot, part));
      cleared = true;
      return outcome(slot, cells, windows);
    } finally {
      running = List.of();
      if (cleared) {
        pool.giveBack(slot);
      } else {
        pool.discard(slot);
      }
    }
  }

  /** Virtual time that all partitions have reached, in ps; for a progress line. */
  public long progressPs() {
    long leastPs = Long.MAX_VALUE;
    for (Partition partition : running) {
      leastPs = Math.min(leastPs, partition.progressPs());
    }
    return leastPs == Long.MAX_VALUE ? 0 : leastPs;
  }

  /** Events delivered so far; for a progress line. */
  public long progressEvents() {
    long sum = 0;
    for (Partition partition : running) {
      sum += partition.progressEvents();
    }
    return sum;
  }

  private Cell<?>[] prepare(SystemPool.Slot slot, Placement placement) {
    int workers = slot.partitions.size();
    Observer inline = workers == 1 ? observer.orElse(null) : null;
    for (Partition partition : slot.partitions) {
      partition.adopt();
      partition.begin(workers, options.epochPs(), inline, observer.isPresent());
    }
    int[] orderIds = TieOrder.ids(blueprint, options.tieSeed());
    Wiring wiring = new Wiring(blueprint);
    Cell<?>[] cells = new Cell<?>[blueprint.components().size()];
    for (Blueprint.Component<?> component : blueprint.components()) {
      int index = component.index();
      Partition home = slot.partitions.get(placement.partitionOf(index));
      cells[index] = new Cell<>(component, orderIds[index], home, wiring, options.seed());
    }
    wiring.connect(blueprint, cells);
    Cell<?>[] byOrderId = new Cell<?>[cells.length];
    for (Cell<?> cell : cells) {
      byOrderId[cell.orderId()] = cell;
    }
    for (Partition partition : slot.partitions) {
      partition.populate(byOrderId);
    }
    return cells;
  }

  private List<List<Host.Spawning<?>>> spawnings(SystemPool.Slot slot, Cell<?>[] cells) {
    List<List<Host.Spawning<?>>> byPartition = new ArrayList<>();
    for (int i = 0; i < slot.partitions.size(); i++) {
      byPartition.add(new ArrayList<>());
    }
    for (Blueprint.Component<?> component : blueprint.components()) {
      Cell<?> cell = cells[component.index()];
      byPartition.get(cell.partition().number()).add(spawning(cell, component));
    }
    return byPartition;
  }

  @SuppressWarnings("unchecked") // the cell was made from this very component
  private static <C> Host.Spawning<C> spawning(Cell<?> cell, Blueprint.Component<C> component) {
    return new Host.Spawning<>((Cell<C>) cell, component);
  }

  private void start(
      SystemPool.Slot slot, Partition part, List<List<Host.Spawning<?>>> spawnings) {
    slot.hosts.get(part.number()).tell(new Host.Begin(spawnings.get(part.number())));
    part.drainAll();
    part.started();
  }

  private void end(SystemPool.Slot slot, Partition part) {
    // While the parts live: a message that another thread smuggled in fails the run.
    part.drainAll();
    boolean[] ended = new boolean[1];
    slot.hosts.get(part.number()).tell(new Host.End(() -> ended[0] = true));
    part.drainAll();
    while (!ended[0]) {
      Thread.onSpinWait();
      part.drainAll();
    }
  }

  private RunOutcome outcome(SystemPool.Slot slot, Cell<?>[] cells, Windows windows) {
    long events = 0;
    long endPs = 0;
    boolean complete = true;
    Failure failure = null;
    List<Long> byPartition = new ArrayList<>();
    for (Partition partition : slot.partitions) {
      events += partition.events();
      byPartition.add(partition.events());
      endPs = Math.max(endPs, partition.nowPs());
      complete &= partition.pending() == 0;
      failure = earlier(failure, partition.failure());
    }
    return new RunOutcome(
        endPs,
        events,
        Fingerprint.of(cells, slot.partitions),
        Optional.ofNullable(failure),
        complete && failure == null,
        new RunOutcome.Windows(windows.count(), windows.lookaheadPs(), byPartition));
  }

  private static Failure earlier(Failure a, Failure b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    if (a.atPs() != b.atPs()) {
      return a.atPs() < b.atPs() ? a : b;
    }
    return a.component().compareTo(b.component()) <= 0 ? a : b;
  }
}
