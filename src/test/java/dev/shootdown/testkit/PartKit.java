package dev.shootdown.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A part in a test, with nothing around it: a JUnit 5 extension over Pekko's ActorTestKit, to be a
 * field with {@code @RegisterExtension}.
 *
 * <ol>
 *   <li>The test's thread is the loop that delivers events. {@link #tell} returns when the part has
 *       handled the command, {@link #advance} when it has handled all that it told itself until
 *       then. So nothing is ever waited for.
 *   <li>What the part sends is read from {@link Probe}s, what it states from {@link #facts}.
 *   <li>A command that the part leaves unhandled fails at once. A breach that it has stated fails
 *       the test at its end, unless the test has taken it.
 * </ol>
 *
 * <p>One kit for each part and each test. Several parts of a test may be joined by {@link #join};
 * they share their clock then, and {@code advance} on any of them lets time pass for all.
 *
 * @param <C> the part's commands
 */
public final class PartKit<C> implements AfterEachCallback {
  private static final long PS_PER_NS = 1_000;

  private final RecordingCtx<C> ctx;
  private final List<RecordingCtx.Sent> untaken = new ArrayList<>();
  private final List<Joint> joints = new ArrayList<>();
  private final Deque<C> due = new ArrayDeque<>();
  private Loop loop = new Loop(this);
  private final Watch<C> watch;
  private ActorRef<C> actor;
  private int breachesTaken;

  /** Where the messages of a port go. */
  private record Joint(String port, int member, Consumer<Object> send) {}

  private PartKit(String name) {
    this.ctx = new RecordingCtx<>(name);
    this.watch = new Watch<>(name);
  }

  /** A kit for a part of this name, which its dice depend on. */
  public static <C> PartKit<C> named(String name) {
    return new PartKit<>(name);
  }

  /** Nanoseconds in picoseconds. */
  public static long ns(long nanoseconds) {
    return Math.multiplyExact(nanoseconds, PS_PER_NS);
  }

  /** Gives the family of ports {@code family} as many members; before {@link #start}. */
  public PartKit<C> withPorts(String family, int members) {
    ctx.withPorts(family, members);
    return this;
  }

  /**
   * What leaves through {@code port} arrives at {@code to} as {@code wrap} makes it, {@code
   * latencyPs} later; a probe of the port sees it, too. Before {@link #start}.
   *
   * @param type what the port carries
   */
  public <M, D> PartKit<C> join(
      String port, Class<M> type, PartKit<D> to, Function<M, D> wrap, long latencyPs) {
    return join(port, RecordingCtx.SINGLE, type, to, wrap, latencyPs);
  }

  /** The same for member number {@code member} of a family that {@link #withPorts} made. */
  public <M, D> PartKit<C> join(
      String family, int member, Class<M> type, PartKit<D> to, Function<M, D> wrap,
      long latencyPs) {
    if (latencyPs < 0 || actor != null || to.actor != null) {
      throw new IllegalArgumentException(
          "parts are joined before they start, with a latency of 0 or more");
    }
    if (loop != to.loop) {
      loop.join(to.loop);
      loop.kits().forEach(each -> each.loop = loop);
    }
    joints.add(new Joint(family, member, message -> {
      D command = wrap.apply(type.cast(message));
      loop.send(this, to, nowPs() + latencyPs, () -> to.handle(command));
    }));
    return this;
  }

  /** Makes the part, at time 0. */
  public void start(Function<Ctx<C>, Behavior<C>> create) {
    if (actor != null) {
      throw new IllegalStateException("the part has been started");
    }
    actor = LoopThread.spawn(Behaviors.intercept(() -> watch, create.apply(ctx)));
    watch.check();
    forward();
  }

  /** Virtual time in ps. */
  public long nowPs() {
    return ctx.nowPs();
  }

  String name() {
    return ctx.name();
  }

  /** {@code command} arrives now; what it causes elsewhere comes with {@link #advance}. */
  public void tell(C command) {
    handle(command);
  }

  private void handle(C command) {
    if (actor == null) {
      throw new IllegalStateException(ctx.name() + " has not been started");
    }
    LoopThread.tell(actor, command);
    watch.check(command);
    forward();
  }

  /** Hands what it has sent to those who are joined. */
  private void forward() {
    for (RecordingCtx.Sent sent : ctx.takeSent()) {
      untaken.add(sent);
      for (Joint joint : joints) {
        if (joint.port().equals(sent.port()) && joint.member() == sent.member()) {
          joint.send().accept(sent.message());
        }
      }
    }
  }

  boolean hasTimers() {
    return !due.isEmpty() || !ctx.timers().isEmpty();
  }

  long nextTimerPs() {
    return due.isEmpty() ? ctx.nextTimerPs() : ctx.nowPs();
  }

  /** Delivers the first of what the part told itself; it is due by now. */
  void runTimer() {
    if (due.isEmpty()) {
      ctx.dueTimers().forEach(timer -> due.add(timer.message()));
    }
    handle(due.remove());
  }

  void setClock(long atPs) {
    if (atPs > ctx.nowPs()) {
      ctx.advanceTo(atPs);
    }
  }

  /** Lets {@code durationPs} pass: the part gets what it told itself until then, each in time. */
  public void advance(long durationPs) {
    advanceTo(Math.addExact(ctx.nowPs(), durationPs));
  }

  /** Lets time pass until {@code untilPs}, for all that it is joined to. */
  public void advanceTo(long untilPs) {
    loop.advanceTo(untilPs);
  }

  /** The far end of {@code port}, or of all members of a family. */
  public <M> Probe<M> probe(String port, Class<M> type) {
    return new Probe<>(this, port, type);
  }

  List<RecordingCtx.Sent> take(String port) {
    List<RecordingCtx.Sent> taken = new ArrayList<>();
    for (Iterator<RecordingCtx.Sent> i = untaken.iterator(); i.hasNext();) {
      RecordingCtx.Sent sent = i.next();
      if (sent.port().equals(port)) {
        taken.add(sent);
        i.remove();
      }
    }
    return taken;
  }

  /** The facts of one kind that the part has stated so far, in order. */
  public <F extends Fact> List<F> facts(Class<F> kind) {
    return ctx.marks().stream()
        .map(RecordingCtx.Marked::fact).filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The breaches that the part has stated since the last call. */
  public List<String> takeBreaches() {
    List<String> all =
        facts(MachineFact.ProtocolBreach.class).stream()
            .map(MachineFact.ProtocolBreach::rule).toList();
    List<String> taken = all.subList(breachesTaken, all.size());
    breachesTaken = all.size();
    return taken;
  }

  /** Ends the part, and fails if it has stated a breach that the test did not expect. */
  @Override
  public void afterEach(ExtensionContext test) {
    if (actor != null) {
      LoopThread.stop(actor);
    }
    assertThat(takeBreaches()).as("rules that %s calls broken", ctx.name()).isEmpty();
  }
}
