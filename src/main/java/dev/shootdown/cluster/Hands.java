package dev.shootdown.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/** The hands of one node, which live until this is closed. */
final class Hands implements AutoCloseable {
  /** Names must not come again while an earlier session's hand is still about to stop. */
  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Chores chores;
  private final ExecutorService executor;
  private final List<ActorRef<Hand.Command>> hands = new ArrayList<>();

  private Hands(Chores chores, ExecutorService executor) {
    this.chores = chores;
    this.executor = executor;
  }

  /**
   * Starts {@code count} of them.
   *
   * @param foreman where their outcomes go
   */
  static Hands start(ClusterNode node, Chores chores, int count, String foreman) {
    AtomicInteger number = new AtomicInteger();
    ExecutorService executor =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "shootdown-hand-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    Hands all = new Hands(chores, executor);
    for (int i = 0; i < count; i++) {
      Behavior<Hand.Command> hand = Hand.create(chores, executor, node.foreman(foreman));
      all.hands.add(node.hire(hand, "hand-" + STARTED.getAndIncrement()));
    }
    return all;
  }

  @Override
  public void close() {
    hands.forEach(hand -> hand.tell(new Hand.Stop()));
    executor.shutdownNow();
    chores.close();
  }
}
