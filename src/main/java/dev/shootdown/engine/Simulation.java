package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * One run of a blueprint: components are spawned, time advances, everything is stopped again.
 *
 * <p>With one worker the caller's thread runs the only partition. With more, the caller's thread
 * runs partition 0 and one thread each the others, in windows bounded by the lookahead ({@link
 * Windows}). A pool made with {@link SystemPool#across} shares the partitions with other nodes.
 */
public final class Simulation {
  /** For {@link #sharedFrom}: one thread runs all parts, from the first window on. */
  public static final int NEVER_SHARED = Integer.MAX_VALUE;

  private static final int WHERE_IT_PAYS = -1;

  private final SystemPool pool;
  private final Blueprint blueprint;
  private final RunOptions options;
  private final Optional<Observer> observer;
  private volatile List<Partition> running = List.of();
  private volatile Optional<Meeting> others = Optional.empty();
  private AtomicReference<Stance> stance;
  private Optional<Checkpoints> checkpoints = Optional.empty();
  private Supplier<Object[]> observed = () -> new Object[0];
  private int sharedFrom = WHERE_IT_PAYS;

  /** A run of {@code blueprint}; {@code observer} sees every fact in the fixed order. */
  public Simulation(
      SystemPool pool, Blueprint blueprint, RunOptions options, Optional<Observer> observer) {
    this.pool = pool;
    this.blueprint = blueprint;
    this.options = options;
    this.observer = observer;
  }

  /**
   * The same run, with checkpoints; to be called before {@link #run}. On other nodes than the
   * first nothing is asked for: they do as that one does.
   *
   * @param observers objects of whoever observes the run; when it returns, they have seen all facts
   */
  public Simulation keptBy(Checkpoints keeping, Supplier<Object[]> observers) {
    checkpoints = Optional.of(keeping);
    observed = observers;
    return this;
  }

  /**
   * The same run, in which threads of one node share windows if these have at least {@code events}
   * events, ≥ 0; else one thread runs all parts, and another one the judges. Without this call
   * where it was measured to pay. Nothing but speed depends on it.
   */
  public Simulation sharedFrom(int events) {
    sharedFrom = events;
    return this;
  }

  /**
   * Runs to the end: until no event is left, the time limit, a failure, or the stop flag.
   *
   * @throws Placement.ImpossibleCut if the pins leave no lookahead, or nothing is left to share
   * @throws BadCheckpoint if it can't be kept, or can't go on from where it should
   */
  public RunOutcome run() {
    Optional<Distribution> distribution = pool.distribution();
    int nodes = distribution.map(d -> d.exchange().nodes()).orElse(1);
    int most = nodes > 1 ? options.workers() : blueprint.components().size();
    int workers = Math.max(1, Math.min(options.workers(), most));
    Placement placement = Placement.of(blueprint, workers * nodes);
    if (nodes > 1 && placement.isWhole() && !blueprint.components().isEmpty()) {
      throw Placement.ImpossibleCut.whole(blueprint.components().get(0).name());
    }
    pool.watch().ifPresent(w -> w.placed(placement.report(blueprint, workers, nodes)));
    Directory directory =
        new Directory(blueprint, TieOrder.ids(blueprint, options.tieSeed()), placement);
    Slots.Slot slot = pool.slots().take(workers);
    running = slot.partitions;
    boolean cleared = false;
    try {
      Cell<?>[] cells = prepare(slot, directory);
      List<List<Host.Spawning<?>>> spawnings = spawnings(slot, cells);
      others =
          distribution.map(
              d ->
                  new Meeting(
                      d, slot.partitions, blueprint, directory,
                      placement.nodes(blueprint, workers, nodes)));
      Meeting meeting = others.orElse(null);
      Windows windows =
          new Windows(
              slot.partitions, placement.lookaheadPs(), options, observer.orElse(null), meeting,
              new Pauses(
                  blueprint, directory, cells, slot.partitions, checkpoints, observed, meeting),
              new Folding(slot.partitions, observer.orElse(null), sharedFrom),
              pool.watch());
      windows.run(
          part -> start(slot, part, spawnings),
          part -> {
            if (stance != null) {
              stance.set(Stance.of(options.untilPs() - 1, blueprint, cells, part));
            }
            end(slot, part);
          });
      cleared = true;
      return outcome(slot, cells, directory, meeting, windows);
    } finally {
      running = List.of();
      others = Optional.empty();
      if (cleared) {
        pool.slots().giveBack(slot);
      } else {
        pool.slots().discard(slot);
      }
    }
  }

  /**
   * Runs to the time limit and says what the machine is then; empty if the run failed before that.
   *
   * @throws IllegalStateException if the run isn't one partition's on this node alone
   */
  public Optional<Stance> stance() {
    if (options.workers() != 1 || pool.distribution().isPresent()) {
      throw new IllegalStateException("a machine is looked at as a whole only with one worker");
    }
    stance = new AtomicReference<>();
    RunOutcome outcome = run();
    return outcome.failure().isPresent() ? Optional.empty() : Optional.of(stance.get());
  }

  /** Virtual time that all partitions have reached, in ps; for a progress line. */
  public long progressPs() {
    long leastPs = Long.MAX_VALUE;
    for (Partition partition : running) {
      leastPs = Math.min(leastPs, partition.progress().atPs());
    }
    return leastPs == Long.MAX_VALUE ? 0 : leastPs;
  }

  /**
   * Events delivered so far, on node 0 those of all nodes, as far as they have told; for a progress
   * line.
   */
  public long progressEvents() {
    long sum = others.map(Meeting::eventsElsewhere).orElse(0L);
    for (Partition partition : running) {
      sum += partition.progress().events();
    }
    return sum;
  }

  private Cell<?>[] prepare(Slots.Slot slot, Directory directory) {
    int workers = slot.partitions.size();
    Optional<Exchange> exchange = pool.distribution().map(Distribution::exchange);
    int total = workers * exchange.map(Exchange::nodes).orElse(1);
    int first = workers * exchange.map(Exchange::node).orElse(0);
    Observer inline = workers == 1 && exchange.isEmpty() ? observer.orElse(null) : null;
    for (Partition partition : slot.partitions) {
      partition.adopt();
      partition.begin(
          first + partition.index(), total, directory.size(), options.epochPs(), inline,
          observer.isPresent());
    }
    Wiring wiring = new Wiring(blueprint);
    Cell<?>[] cells = new Cell<?>[directory.size()];
    Cell<?>[] byOrderId = new Cell<?>[cells.length];
    for (Blueprint.Component<?> component : blueprint.components()) {
      int index = component.index();
      int place = directory.partitionOf(index) - first;
      if (place >= 0 && place < workers) {
        Partition home = slot.partitions.get(place);
        int orderId = directory.orderId(index);
        cells[index] = new Cell<>(component, orderId, home, wiring, options.seed());
        byOrderId[orderId] = cells[index];
      }
    }
    wiring.connect(blueprint, directory, cells);
    for (Partition partition : slot.partitions) {
      partition.populate(byOrderId);
    }
    return cells;
  }

  private List<List<Host.Spawning<?>>> spawnings(Slots.Slot slot, Cell<?>[] cells) {
    List<List<Host.Spawning<?>>> byPartition = new ArrayList<>();
    for (int i = 0; i < slot.partitions.size(); i++) {
      byPartition.add(new ArrayList<>());
    }
    for (Blueprint.Component<?> component : blueprint.components()) {
      Cell<?> cell = cells[component.index()];
      if (cell != null) {
        byPartition.get(cell.partition().index()).add(spawning(cell, component));
      }
    }
    return byPartition;
  }

  @SuppressWarnings("unchecked") // the cell was made from this very component
  private static <C> Host.Spawning<C> spawning(Cell<?> cell, Blueprint.Component<C> component) {
    return new Host.Spawning<>((Cell<C>) cell, component);
  }

  private void start(
      Slots.Slot slot, Partition part, List<List<Host.Spawning<?>>> spawnings) {
    slot.hosts.get(part.index()).tell(new Host.Begin(spawnings.get(part.index())));
    part.drainAll();
  }

  private void end(Slots.Slot slot, Partition part) {
    // While the parts live: a message that another thread smuggled in fails the run.
    part.drainAll();
    boolean[] ended = new boolean[1];
    slot.hosts.get(part.index()).tell(new Host.End(() -> ended[0] = true));
    part.drainAll();
    while (!ended[0]) {
      Thread.onSpinWait();
      part.drainAll();
    }
  }

  private RunOutcome outcome(
      Slots.Slot slot, Cell<?>[] cells, Directory directory, Meeting meeting,
      Windows windows) {
    Tally own = Tally.of(cells, slot.partitions);
    Failure failure = null;
    for (Partition partition : slot.partitions) {
      failure = Tally.earlier(failure, partition.failure());
    }
    List<Tally> tallies = meeting == null ? List.of(own) : List.of(meeting.gather(own));
    long endPs = 0;
    boolean complete = meeting == null || meeting.lost() == null;
    List<Long> byPartition = new ArrayList<>();
    for (Tally tally : tallies) {
      byPartition.addAll(tally.events());
      endPs = Math.max(endPs, tally.endPs());
      complete &= tally.drained();
      if (tally != own) {
        Failure theirs = tally.failure().map(Tally.Trouble::asFailure).orElse(null);
        failure = Tally.earlier(failure, theirs);
      }
    }
    pool.watch().ifPresent(w -> w.ended(windows.report(byPartition)));
    return new RunOutcome(
        endPs,
        byPartition.stream().mapToLong(Long::longValue).sum(),
        Fingerprint.of(directory, tallies),
        Optional.ofNullable(failure),
        complete && failure == null,
        new RunOutcome.Windows(windows.count(), windows.lookaheadPs(), byPartition));
  }
}
