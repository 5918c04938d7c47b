package dev.shootdown.protocol;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.Behavior;

/**
 * One part with no machine around it: commands in, messages and facts out, the clock by hand.
 *
 * @param <C> the part's commands
 */
public final class PartHarness<C> {
  private final RecordingCtx<C> ctx;
  private final BehaviorTestKit<C> kit;
  private final List<RecordingCtx.Sent> untaken = new ArrayList<>();
  private int marksTaken;

  /** The part that {@code create} makes; {@code ctx} has been given its families already. */
  public PartHarness(RecordingCtx<C> ctx, Function<Ctx<C>, Behavior<C>> create) {
    this.ctx = ctx;
    this.kit = BehaviorTestKit.create(create.apply(ctx));
  }

  /** Hands over {@code command} now. */
  public void tell(C command) {
    kit.run(command);
  }

  /** Hands over {@code command} at {@code atPs}, and before it what is due until then. */
  public void tellAt(long atPs, C command) {
    runUntil(atPs);
    kit.run(command);
  }

  /** Hands over what the part told itself until {@code untilPs}, and sets the clock to that. */
  public void runUntil(long untilPs) {
    ctx.run(kit::run, untilPs);
    if (untilPs > ctx.nowPs()) {
      ctx.advanceTo(untilPs);
    }
  }

  /** Runs until the part has nothing more to tell itself; the clock stays at the last of it. */
  public void settle() {
    ctx.run(kit::run, Long.MAX_VALUE - 1);
  }

  /** Sets the clock to {@code atPs} if that is later. */
  public void advanceTo(long atPs) {
    if (atPs > ctx.nowPs()) {
      ctx.advanceTo(atPs);
    }
  }

  /** Hands over the next thing that the part told itself, and what that leads to at once. */
  public void runNextTimer() {
    ctx.run(kit::run, ctx.nextTimerPs());
  }

  public boolean hasTimers() {
    return !ctx.timers().isEmpty();
  }

  public long nowPs() {
    return ctx.nowPs();
  }

  public BehaviorTestKit<C> kit() {
    return kit;
  }

  /** What left through {@code port} and was not taken before. */
  public List<RecordingCtx.Sent> takeSent(String port) {
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

  /** The messages that left through {@code port} and were not taken before. */
  public <M> List<M> take(String port, Class<M> type) {
    return takeSent(port).stream().map(sent -> type.cast(sent.message())).toList();
  }

  /** The facts stated since the last call. */
  public List<Fact> takeMarks() {
    List<RecordingCtx.Marked> marks = ctx.marks();
    List<Fact> taken =
        marks.subList(marksTaken, marks.size()).stream().map(RecordingCtx.Marked::fact).toList();
    marksTaken = marks.size();
    return taken;
  }

  /** The facts of one kind among all stated so far. */
  public <F extends Fact> List<F> marks(Class<F> type) {
    return ctx.marks().stream()
        .map(RecordingCtx.Marked::fact).filter(type::isInstance).map(type::cast).toList();
  }

  /** When facts of one kind were stated, in ps. */
  public List<Long> markedAtPs(Class<? extends Fact> type) {
    return ctx.marks().stream()
        .filter(mark -> type.isInstance(mark.fact())).map(RecordingCtx.Marked::atPs).toList();
  }
}
