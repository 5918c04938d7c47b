package dev.shootdown.engine;

import dev.shootdown.image.Opaque;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A component as the engine sees it: its context, its place in the order, its digest.
 *
 * @param <C> the component's commands
 */
final class Cell<C> implements Ctx<C>, Opaque {
  private final String name;
  private final int index;
  private final int orderId;
  private final Partition home;
  private Partition partition;
  private final Wiring wiring;
  private final Dice dice;

  ActorRef<C> ref;

  /** The behaviour of the actor behind {@link #ref}. */
  Watchdog<C> watchdog;

  boolean stopped;

  private long sequence;
  private long digest;
  private long factCount;
  private long epochEndPs;

  private long instantPs = -1;
  private int instantDepth;

  Cell(Blueprint.Component<C> component, int orderId, Partition partition, Wiring wiring,
      long runSeed) {
    this.name = component.name();
    this.index = component.index();
    this.orderId = orderId;
    this.home = partition;
    this.partition = partition;
    this.wiring = wiring;
    this.dice = Dice.of(runSeed, name);
    this.digest = Mix.text(0, name);
    this.epochEndPs = partition.epochPs();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long nowPs() {
    return partition.nowPs();
  }

  @Override
  public <M> Port<M> port(String portName, Class<M> type) {
    return wiring.port(index, name, portName, type);
  }

  @Override
  public <M> Ports<M> ports(String portName, Class<M> type) {
    return wiring.ports(index, portName, type);
  }

  @Override
  public <M> void send(Port<M> port, M message) {
    Outlet<M> outlet = (Outlet<M>) port;
    long nowPs = partition.nowPs();
    if (outlet.constantPs >= 0) {
      post(
          outlet.receiverOrderId, outlet.receiverPartition, outlet.wrap, message,
          Math.addExact(nowPs, outlet.constantPs));
      return;
    }
    Link link = outlet.link;
    int copies = link.copies(nowPs, message);
    for (int copy = 0; copy < copies; copy++) {
      long arrivalPs = link.arrivalPs(nowPs, message, dice);
      if (arrivalPs < nowPs + outlet.minimumPs) {
        throw new IllegalStateException(
            "the link behind port " + port.name()
                + (arrivalPs < nowPs
                    ? " delivers into the past"
                    : " delivers sooner than its minimum latency"));
      }
      post(outlet.receiverOrderId, outlet.receiverPartition, outlet.wrap, message, arrivalPs);
    }
  }

  @Override
  public void after(long delayPs, C message) {
    if (delayPs < 0) {
      throw new IllegalArgumentException("a delay must not be negative: " + delayPs + " ps");
    }
    long timePs = Math.addExact(partition.nowPs(), delayPs);
    post(orderId, partition.number(), null, message, timePs);
  }

  private void post(
      int receiverId, int toPartition, Function<Object, ?> wrap, Object message, long timePs) {
    Event event = partition.blank();
    event.timePs = timePs;
    event.route = (long) receiverId << 32 | orderId;
    event.sequence = sequence++;
    event.depth = timePs == partition.nowPs() ? instantDepth + 1 : 0;
    event.wrap = wrap;
    event.payload = message;
    partition.post(event, toPartition);
  }

  @Override
  public Dice dice() {
    return dice;
  }

  @Override
  public void mark(Fact fact) {
    long nowPs = partition.nowPs();
    if (nowPs >= epochEndPs) {
      if (factCount > 0) {
        partition.closeEpoch(this, epochEndPs, digest);
      }
      epochEndPs = partition.epochEndPs();
    }
    digest = Mix.fold(digest, nowPs + Long.rotateLeft(fact.digest(), 23));
    partition.observe(this, instantDepth, factCount++, fact);
  }

  /** Sets the causal depth for what this component does now, on an event of {@code depth}. */
  void enter(long nowPs, int depth) {
    instantDepth = instantPs == nowPs ? Math.max(instantDepth, depth) : depth;
    instantPs = nowPs;
  }

  /** Reads what the engine needs of a part. What comes out means nothing. */
  long lookAtSelf() {
    return sequence + instantPs;
  }

  /** Reads what the cell refers to, once that was looked at. */
  long lookAtWatchdog() {
    return dice.look() + watchdog.look();
  }

  /** Reads what the watchdog refers to, once that was looked at. {@code any} is any class. */
  long lookAtBehavior(Class<?> any) {
    return watchdog.lookFurther(any);
  }

  int index() {
    return index;
  }

  /** When it was handed an event last, in ps, −1 if never. */
  long lastEventPs() {
    return instantPs;
  }

  List<Long> diceState() {
    return Arrays.stream(dice.state()).boxed().toList();
  }

  /** What the engine keeps of this component, for a checkpoint. */
  CellState state(List<Tally.EpochDigest> epochs, List<CellState.Pending> pending) {
    return new CellState(
        sequence, digest, factCount, epochEndPs, instantPs, instantDepth, stopped, epochs,
        pending);
  }

  /** Goes on from there. */
  void restore(CellState state) {
    sequence = state.sequence();
    digest = state.digest();
    factCount = state.factCount();
    epochEndPs = state.epochEndPs();
    instantPs = state.instantPs();
    instantDepth = state.instantDepth();
    stopped = state.stopped();
  }

  int orderId() {
    return orderId;
  }

  /** Who runs it: its home, or whoever runs the parts of all partitions for a while. */
  Partition partition() {
    return partition;
  }

  /** Where it was placed. */
  Partition home() {
    return home;
  }

  /** From now on {@code by} runs it. */
  void runBy(Partition by) {
    partition = by;
  }

  /** The end of the epoch of its last fact, in ps. */
  long epochEndPs() {
    return epochEndPs;
  }

  long digest() {
    return digest;
  }

  long factCount() {
    return factCount;
  }

  /**
   * One wire end: a link and the inlet behind it. It repeats what a send needs to know of the
   * receiver, so that sending does not have to fetch the receiver's cell into the cache.
   */
  static final class Outlet<M> implements Port<M>, Opaque {
    private final int receiverOrderId;
    private final int receiverPartition;
    private final long minimumPs;
    private final long constantPs;
    private final Link link;
    private final Function<Object, ?> wrap;
    private final String name;
    private final String peer;

    Outlet(String name, Link link, Inlet<M> inlet, Directory directory) {
      int receiver = inlet.componentIndex();
      this.name = name;
      this.link = link;
      this.minimumPs = link.minimumPs();
      this.constantPs = link.constantPs();
      this.wrap = inlet.wrap();
      this.peer = directory.name(receiver);
      this.receiverOrderId = directory.orderId(receiver);
      this.receiverPartition = directory.partitionOf(receiver);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String peer() {
      return peer;
    }

    @Override
    public long minimumPs() {
      return minimumPs;
    }
  }
}
