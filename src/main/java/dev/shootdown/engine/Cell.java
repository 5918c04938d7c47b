package dev.shootdown.engine;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * A component as the engine sees it: its context, its place in the order, its digest.
 *
 * @param <C> the component's commands
 */
final class Cell<C> implements Ctx<C> {
  private final String name;
  private final int index;
  private final long orderId;
  private final Partition partition;
  private final Wiring wiring;
  private final Dice dice;

  ActorRef<C> ref;
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
    Link link = outlet.link;
    long nowPs = partition.nowPs();
    int copies = link.copies(nowPs, message);
    for (int copy = 0; copy < copies; copy++) {
      long arrivalPs = link.arrivalPs(nowPs, message, dice);
      if (arrivalPs < nowPs) {
        throw new IllegalStateException(
            "the link behind port " + port.name() + " delivers into the past");
      }
      post(outlet.receiver, outlet.inlet, message, arrivalPs, nowPs);
    }
  }

  @Override
  public void after(long delayPs, C message) {
    if (delayPs < 0) {
      throw new IllegalArgumentException("a delay must not be negative: " + delayPs + " ps");
    }
    long nowPs = partition.nowPs();
    post(this, null, message, Math.addExact(nowPs, delayPs), nowPs);
  }

  private void post(Cell<?> receiver, Inlet<?> inlet, Object message, long timePs, long nowPs) {
    Event event = partition.takeEvent();
    event.timePs = timePs;
    event.route = receiver.orderId << 32 | orderId;
    event.sequence = sequence++;
    event.depth = timePs == nowPs ? instantDepth + 1 : 0;
    event.receiver = receiver;
    event.inlet = inlet;
    event.payload = message;
    partition.post(event, receiver.partition);
  }

  @Override
  public Dice dice() {
    return dice;
  }

  @Override
  public void mark(Fact fact) {
    long nowPs = partition.nowPs();
    if (nowPs >= epochEndPs) {
      epochEndPs = partition.closeEpoch(this, epochEndPs, digest);
    }
    digest = Mix.fold(digest, nowPs + Long.rotateLeft(fact.digest(), 23));
    partition.observe(this, instantDepth, factCount++, fact);
  }

  /** Sets the causal depth for what this component does now, on an event of {@code depth}. */
  void enter(long nowPs, int depth) {
    instantDepth = instantPs == nowPs ? Math.max(instantDepth, depth) : depth;
    instantPs = nowPs;
  }

  int index() {
    return index;
  }

  long orderId() {
    return orderId;
  }

  Partition partition() {
    return partition;
  }

  long digest() {
    return digest;
  }

  long factCount() {
    return factCount;
  }

  /** One wire end: a link and the inlet behind it. */
  static final class Outlet<M> implements Port<M> {
    private final String name;
    final Link link;
    final Inlet<M> inlet;
    final Cell<?> receiver;

    Outlet(String name, Link link, Inlet<M> inlet, Cell<?> receiver) {
      this.name = name;
      this.link = link;
      this.inlet = inlet;
      this.receiver = receiver;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String peer() {
      return receiver.name();
    }

    @Override
    public long minimumPs() {
      return link.minimumPs();
    }
  }
}
