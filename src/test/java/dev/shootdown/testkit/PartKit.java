package dev.shootdown.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A part in a test, with nothing around it: a JUnit 5 extension, to be a field with {@code
 * @RegisterExtension}.
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
 * <p>One part, one thread, one kit for each test.
 *
 * @param <C> the part's commands
 */
public final class PartKit<C> implements AfterEachCallback {
  private static final long PS_PER_NS = 1_000;

  private final RecordingCtx<C> ctx;
  private final List<RecordingCtx.Sent> untaken = new ArrayList<>();
  private BehaviorTestKit<C> kit;
  private int breachesTaken;

  private PartKit(String name) {
    this.ctx = new RecordingCtx<>(name);
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

  /** Makes the part, at time 0. */
  public void start(Function<Ctx<C>, Behavior<C>> create) {
    if (kit != null) {
      throw new IllegalStateException("the part has been started");
    }
    kit = BehaviorTestKit.create(create.apply(ctx));
  }

  /** Virtual time in ps. */
  public long nowPs() {
    return ctx.nowPs();
  }

  /** {@code command} arrives now. */
  public void tell(C command) {
    kit.run(command);
    if (Behavior.isUnhandled(kit.returnedBehavior())) {
      throw new AssertionError(ctx.name() + " leaves " + command + " unhandled");
    }
  }

  /** Lets {@code durationPs} pass: the part gets what it told itself until then, each in time. */
  public void advance(long durationPs) {
    advanceTo(Math.addExact(ctx.nowPs(), durationPs));
  }

  /** Lets time pass until {@code untilPs}. */
  public void advanceTo(long untilPs) {
    ctx.run(this::tell, untilPs);
    if (untilPs > ctx.nowPs()) {
      ctx.advanceTo(untilPs);
    }
  }

  /** The far end of {@code port}, or of all members of a family. */
  public <M> Probe<M> probe(String port, Class<M> type) {
    return new Probe<>(this, port, type);
  }

  List<RecordingCtx.Sent> take(String port) {
    untaken.addAll(ctx.takeSent());
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

  /** Fails if the part has stated a breach that the test did not expect. */
  @Override
  public void afterEach(ExtensionContext test) {
    assertThat(takeBreaches()).as("rules that %s calls broken", ctx.name()).isEmpty();
  }
}
