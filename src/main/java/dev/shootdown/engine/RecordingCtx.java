package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A {@link Ctx} without a machine behind it: it writes down what a part does, so that a part can be
 * tested with no actor system, no link and no clock but the one that the test moves by hand.
 *
 * <p>With Pekko's test kit: {@code BehaviorTestKit.create(Part.create(spec, ctx))}, then
 * {@code kit.run(command)} for what arrives and {@code ctx.run(kit::run, untilPs)} for what the
 * part told itself to do later. Every port exists; a family has the members that {@link #withPorts}
 * gave it, and none otherwise, as on a machine that connected none. The dice are those of a
 * component of this name in a run with seed 1. Not for use by two threads.
 *
 * @param <C> the part's commands
 */
public final class RecordingCtx<C> implements Ctx<C> {
  /** The member of a message that left through a single port. */
  public static final int SINGLE = -1;

  private static final long SEED = 1;

  private final String name;
  private final Dice dice;
  private final Map<String, Integer> sizes = new TreeMap<>();
  private final List<Sent> sent = new ArrayList<>();
  private final List<Marked> marks = new ArrayList<>();

  /** In order of delivery: by time, and at one time in the order in which they were asked for. */
  private final List<Timer<C>> timers = new ArrayList<>();

  private long nowPs;

  /**
   * A message that left the part.
   *
   * @param port the name that the part asked for
   * @param member number within a family, from 0, or {@link #SINGLE}
   * @param atPs virtual time of sending, in ps
   */
  public record Sent(String port, int member, Object message, long atPs) {}

  /**
   * A message that the part will hand to itself.
   *
   * @param dueAtPs virtual time in ps
   */
  public record Timer<C>(long dueAtPs, C message) {}

  /**
   * A fact that the part stated.
   *
   * @param atPs virtual time in ps
   */
  public record Marked(long atPs, Fact fact) {}

  /** A context for a component called {@code name}, at time 0. */
  public RecordingCtx(String name) {
    this.name = name;
    this.dice = Dice.of(SEED, name);
  }

  /** Gives the family {@code port} {@code size} ≥ 0 members; to be called before the part asks. */
  public RecordingCtx<C> withPorts(String port, int size) {
    if (size < 0) {
      throw new IllegalArgumentException("a family has 0 or more ports, not " + size);
    }
    sizes.put(port, size);
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long nowPs() {
    return nowPs;
  }

  @Override
  public <M> Port<M> port(String port, Class<M> type) {
    return new RecordedPort<>(this, port, SINGLE, type);
  }

  @Override
  public <M> Ports<M> ports(String port, Class<M> type) {
    return new RecordedPorts<>(this, port, sizes.getOrDefault(port, 0), type);
  }

  /**
   * Writes the message down.
   *
   * @throws IllegalArgumentException if the port is another context's
   * @throws ClassCastException if an unchecked cast brought a message that the port doesn't carry
   */
  @Override
  public <M> void send(Port<M> port, M message) {
    if (!(port instanceof RecordedPort<M> own) || own.ctx() != this) {
      throw new IllegalArgumentException(
          "port '" + port.name() + "' was not asked for from the context of " + name);
    }
    sent.add(new Sent(own.name(), own.member(), own.type().cast(message), nowPs));
  }

  @Override
  public void after(long delayPs, C message) {
    if (delayPs < 0) {
      throw new IllegalArgumentException("a delay must not be negative: " + delayPs + " ps");
    }
    long dueAtPs = Math.addExact(nowPs, delayPs);
    int at = timers.size();
    while (at > 0 && timers.get(at - 1).dueAtPs() > dueAtPs) {
      at--;
    }
    timers.add(at, new Timer<>(dueAtPs, message));
  }

  @Override
  public Dice dice() {
    return dice;
  }

  @Override
  public void mark(Fact fact) {
    marks.add(new Marked(nowPs, fact));
  }

  /** Everything sent and not yet taken, in order. */
  public List<Sent> sent() {
    return List.copyOf(sent);
  }

  /** What {@link #sent} returns, which is then forgotten. */
  public List<Sent> takeSent() {
    List<Sent> taken = sent();
    sent.clear();
    return taken;
  }

  /** The pending messages to itself, in order of delivery. */
  public List<Timer<C>> timers() {
    return List.copyOf(timers);
  }

  /** When the next of {@link #timers} is due, in ps, or {@code Long.MAX_VALUE} if there is none. */
  public long nextTimerPs() {
    return timers.isEmpty() ? Long.MAX_VALUE : timers.get(0).dueAtPs();
  }

  /** Every fact stated so far, in order. */
  public List<Marked> marks() {
    return List.copyOf(marks);
  }

  /**
   * Sets the clock, and delivers nothing.
   *
   * @throws IllegalArgumentException if {@code toPs} is in the past
   */
  public void advanceTo(long toPs) {
    if (toPs < nowPs) {
      throw new IllegalArgumentException(
          "time never runs backwards: from " + nowPs + " ps to " + toPs + " ps");
    }
    nowPs = toPs;
  }

  /** Removes and returns the timers due now or before, in order of delivery. */
  public List<Timer<C>> dueTimers() {
    int count = 0;
    while (count < timers.size() && timers.get(count).dueAtPs() <= nowPs) {
      count++;
    }
    List<Timer<C>> due = List.copyOf(timers.subList(0, count));
    timers.subList(0, count).clear();
    return due;
  }

  /**
   * Delivers timers one by one, the clock set to each, those included that the deliveries add,
   * until none is left that is due at {@code untilPs} or before. A timer that is overdue because
   * the test moved the clock past it is delivered late, now. The clock stays at the last delivery.
   */
  public void run(Consumer<? super C> deliver, long untilPs) {
    while (!timers.isEmpty() && nextTimerPs() <= untilPs) {
      Timer<C> next = timers.remove(0);
      advanceTo(Math.max(nowPs, next.dueAtPs()));
      deliver.accept(next.message());
    }
  }

  private record RecordedPort<M>(RecordingCtx<?> ctx, String name, int member, Class<M> type)
      implements Port<M> {
    /** Nothing is connected, so the peer is called what the port is called. */
    @Override
    public String peer() {
      return member == SINGLE ? name : name + "-" + member;
    }

    @Override
    public long minimumPs() {
      return 0;
    }
  }

  private record RecordedPorts<M>(RecordingCtx<?> ctx, String name, int size, Class<M> type)
      implements Ports<M> {
    @Override
    public Port<M> at(int index) {
      if (index < 0 || index >= size) {
        throw new IndexOutOfBoundsException(
            "family '" + name + "' of " + ctx.name() + " has " + size + " ports, no " + index);
      }
      return new RecordedPort<>(ctx, name, index, type);
    }
  }
}
