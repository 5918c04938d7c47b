package dev.shootdown.bench;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A node of a cluster, as a part of a simulated one: what it does is only how long it takes.
 *
 * <ol>
 *   <li>It works on the events of a window: their number is drawn anew each time, as if each event
 *       chose its node by lot.
 *   <li>It sends a frame to each neighbour, one after the other.
 *   <li>It handles the frames of its neighbours as they come, one after the other, and begins the
 *       next window when it has those of all.
 * </ol>
 *
 * <p>Invariant: no neighbour is more than one window ahead.
 */
final class NodePart extends AbstractBehavior<NodePart.Command> {
  /** Sum of so many uniform draws less half of them: about normal, with a variance of one. */
  private static final int DRAWS = 12;

  sealed interface Command {}

  /** A frame of a window, which leaves its sender so much later, in ps. */
  record Frame(int window, long leavesInPs) implements Command {}

  /** The own events of a window are done. */
  record Done() implements Command {}

  /**
   * What all nodes have in common.
   *
   * @param windows how many there are
   * @param events of a node in a window, on average
   * @param eventPs what one takes
   * @param framePs what a frame takes its sender, and again its receiver
   */
  record Work(int windows, double events, long eventPs, long framePs) {}

  private final Ctx<Command> ctx;
  private final Work work;
  private final Ports<Frame> neighbours;
  private final int[] arrived = new int[2];
  private int window;
  private boolean sent;

  /** When this node has nothing to do any more, in ps. */
  private long freePs;

  private NodePart(ActorContext<Command> context, Ctx<Command> ctx, Work work) {
    super(context);
    this.ctx = ctx;
    this.work = work;
    this.neighbours = ctx.ports("neighbours", Frame.class);
    begin();
  }

  static Behavior<Command> create(Ctx<Command> ctx, Work work) {
    return Behaviors.setup(context -> new NodePart(context, ctx, work));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Done.class, this::onDone)
        .onMessage(Frame.class, this::onFrame)
        .build();
  }

  private void begin() {
    sent = false;
    double spread = -DRAWS / 2.0;
    for (int i = 0; i < DRAWS; i++) {
      spread += ctx.dice().unit();
    }
    double events = Math.max(0, work.events() + spread * Math.sqrt(work.events()));
    freePs = Math.max(freePs, ctx.nowPs()) + Math.round(events * work.eventPs());
    ctx.after(freePs - ctx.nowPs(), new Done());
  }

  private Behavior<Command> onDone(Done done) {
    sent = true;
    freePs = Math.max(freePs, ctx.nowPs());
    for (int i = 0; i < neighbours.size(); i++) {
      freePs += work.framePs();
      ctx.send(neighbours.at(i), new Frame(window, freePs - ctx.nowPs()));
    }
    return next();
  }

  private Behavior<Command> onFrame(Frame frame) {
    arrived[frame.window() & 1]++;
    freePs = Math.max(freePs, ctx.nowPs()) + work.framePs();
    return next();
  }

  private Behavior<Command> next() {
    if (sent && arrived[window & 1] == neighbours.size()) {
      arrived[window & 1] = 0;
      if (++window < work.windows()) {
        begin();
      }
    }
    return this;
  }
}
