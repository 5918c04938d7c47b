package dev.shootdown.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Chores that a coordinator and its workers do, in whatever order and place.
 *
 * <ol>
 *   <li>All workers are told of it, and each is one more pair of hands, or several; this node has
 *       hands too.
 *   <li>Whoever has nothing to do is given the next chore.
 *   <li>Outcomes come to the thread in {@link #run}, each once.
 *   <li>The chores of a node that is lost are done by others; a node that comes later takes part.
 * </ol>
 *
 * <p>As long as this node lives, all chores get done, if by it alone.
 */
public final class ChoreShare implements AutoCloseable {
  private static final long STEP_MS = 50;

  private final Coordinator coordinator;
  private final ClusterNode node;
  private final BlockingQueue<Foreman.News> news = new LinkedBlockingQueue<>();
  private final Hands own;
  private final Speech.Employ employ;
  private final List<ActorRef<Parcel.Chore>> wanted = new ArrayList<>();
  private long numbered;

  /** What came of the chore that was given as number {@code index}. */
  public record Outcome(int index, byte[] bytes) {}

  /** Takes outcomes as they come, on the thread that is in {@link #run}. */
  public interface Taker {
    /** Some outcomes, in the order in which they came; at least one. */
    void take(List<Outcome> outcomes);
  }

  ChoreShare(Coordinator coordinator, ClusterNode node, Chores.Kind kind, int hands) {
    this.coordinator = coordinator;
    this.node = node;
    ActorRef<Foreman.Command> foreman = node.hire(Foreman.create(news), Foreman.NAME);
    this.employ = new Speech.Employ(kind.kind(), node.place(foreman));
    this.own = Hands.start(node, kind.open(), hands, employ.foreman());
    coordinator.employ(employ);
  }

  /** How many nodes take part now, this one included. */
  public int nodes() {
    return coordinator.size();
  }

  /**
   * Has all chores done.
   *
   * @param chores each makes its bytes when its turn comes, on this thread
   * @param stopped asked now and then; what is under way when it says so is given up
   * @param taker gets each chore's outcome once
   * @throws ClusterProblem if a chore could not be done
   */
  public void run(List<? extends Supplier<byte[]>> chores, BooleanSupplier stopped, Taker taker) {
    long first = numbered;
    boolean[] back = new boolean[chores.size()];
    int missing = chores.size();
    numbered += chores.size();
    int next = 0;
    while (missing > 0 && !stopped.getAsBoolean()) {
      coordinator.attend(employ);
      List<Outcome> outcomes = new ArrayList<>();
      for (Foreman.News each : await()) {
        if (each instanceof Foreman.Wanted more) {
          wanted.add(more.to());
        } else if (each instanceof Foreman.Done done && done.number() >= first
            && !back[(int) (done.number() - first)]) {
          int index = (int) (done.number() - first);
          back[index] = true;
          missing--;
          outcomes.add(new Outcome(index, bytes(done)));
        }
      }
      while (!wanted.isEmpty() && next < chores.size()) {
        wanted.remove(0).tell(new Parcel.Chore(first + next, checked(chores.get(next).get())));
        next++;
      }
      if (!outcomes.isEmpty()) {
        taker.take(outcomes);
      }
    }
  }

  private List<Foreman.News> await() {
    List<Foreman.News> all = new ArrayList<>();
    try {
      Optional.ofNullable(news.poll(STEP_MS, TimeUnit.MILLISECONDS)).ifPresent(all::add);
      news.drainTo(all);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw ClusterProblem.apart("interrupted");
    }
    return all;
  }

  private static byte[] checked(byte[] chore) {
    if (chore.length > Parcel.PIECE_BYTES) {
      throw ClusterProblem.apart(
          "a piece of work has " + chore.length + " bytes; at most " + Parcel.PIECE_BYTES
              + " can be sent");
    }
    return chore;
  }

  private static byte[] bytes(Foreman.Done done) {
    if (done.failed()) {
      throw ClusterProblem.apart(
          "node " + ClusterNode.labelOf(done.hand()) + " failed: "
              + new String(done.bytes(), StandardCharsets.UTF_8));
    }
    return done.bytes();
  }

  @Override
  public void close() {
    own.close();
  }
}
