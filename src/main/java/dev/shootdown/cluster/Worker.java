package dev.shootdown.cluster;

import dev.shootdown.bytes.Codec;
import dev.shootdown.engine.Distribution;
import dev.shootdown.engine.LostNode;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A node that does its share of whatever its coordinator runs.
 *
 * <ol>
 *   <li>It becomes a member and introduces itself.
 *   <li>For each run it reads the task, says what its reading came to, and runs it.
 *   <li>It ends when the coordinator says so, or is gone.
 * </ol>
 */
public final class Worker implements AutoCloseable {
  private static final long GREETING_MS = 500;

  private final ClusterNode node;
  private final NodeSettings settings;
  private final CodeIdentity code;
  private final Consumer<String> talk;
  private final Map<String, Task.Reader> readers = new TreeMap<>();
  private final String coordinator;
  private final ActorRef<Door.Command> coordinatorDoor;

  /**
   * Starts a node that will join the one at {@code host}:{@code port}.
   *
   * @param talk takes lines for a person
   * @param readers reads tasks beside scenarios
   * @throws ClusterProblem if it can't be started
   */
  public Worker(
      NodeSettings settings, CodeIdentity code, String host, int port, Consumer<String> talk,
      List<Task.Reader> readers) {
    settings.refuseOpen(host);
    this.settings = settings;
    this.code = code;
    this.talk = talk;
    this.readers.put(ScenarioTask.KIND, ScenarioTask.READER);
    readers.forEach(reader -> this.readers.put(reader.kind(), reader));
    this.node = new ClusterNode(settings);
    this.coordinator = host + ":" + port;
    this.coordinatorDoor = node.door(host, port);
    node.join(host, port);
  }

  /** Host and port of this node. */
  public String label() {
    return node.label();
  }

  /**
   * Serves until the coordinator says goodbye.
   *
   * @throws ClusterProblem if there is no coordinator, it doesn't want this node, or it is lost
   */
  public void serve() {
    introduce();
    talk.accept(node.label() + " works for " + coordinator);
    while (true) {
      Optional<Speech> speech = node.mail().speech(Long.MAX_VALUE / 2_000_000, coordinator);
      if (speech.isEmpty()) {
        throw ClusterProblem.apart(
            "lost " + coordinator + ": " + node.mail().loss(coordinator).orElse("interrupted"));
      } else if (speech.get() instanceof Speech.Bye) {
        coordinatorDoor.tell(new Speech.Bye());
        return;
      } else if (speech.get() instanceof Speech.Prepare prepare) {
        prepare(prepare);
      }
    }
  }

  private void introduce() {
    long rounds = settings.patience().formSeconds() * 1_000L / GREETING_MS;
    if (!node.mail().isMember(settings.patience().formSeconds())) {
      throw ClusterProblem.apart(
          "nobody at " + coordinator + " let this node in within "
              + settings.patience().formSeconds() + " s");
    }
    for (long i = 0; i < rounds; i++) {
      coordinatorDoor.tell(new Speech.Hello(node.door(), code.version(), code.code()));
      Optional<Speech> answer = node.mail().speech(GREETING_MS, coordinator);
      if (answer.isPresent() && answer.get() instanceof Speech.Unwelcome no) {
        throw ClusterProblem.usage(coordinator + " refused this node: " + no.reason(), null);
      } else if (answer.isPresent() && answer.get() instanceof Speech.Welcome) {
        return;
      }
    }
    throw ClusterProblem.apart("nobody at " + coordinator + " answers");
  }

  private void prepare(Speech.Prepare prepare) {
    Speech.Job job = prepare.job();
    Task task;
    try {
      Task.Reader reader = readers.get(job.kind());
      if (reader == null) {
        throw new IllegalArgumentException("there is no task of kind '" + job.kind() + "'");
      }
      task = reader.read(job.text(), job.seed());
    } catch (RuntimeException unreadable) {
      coordinatorDoor.tell(
          new Speech.Declined(
              prepare.run(), prepare.node(), String.valueOf(unreadable.getMessage())));
      return;
    }
    FrameExchange exchange =
        new FrameExchange(
            node, prepare.run(), prepare.node(), prepare.doors(), settings.patience());
    coordinatorDoor.tell(
        new Speech.Prepared(prepare.run(), prepare.node(), task.hash(), job.seed()));
    if (task.hash().equals(job.hash())) {
      run(prepare, task, exchange);
    }
  }

  private void run(Speech.Prepare prepare, Task task, FrameExchange exchange) {
    Distribution distribution =
        new Distribution(exchange, Codec.ofAny(task.messages()), Codec.ofAny(task.facts()));
    talk.accept("run " + prepare.run() + ": node " + prepare.node() + " of " + exchange.nodes());
    try (SystemPool pool = SystemPool.across(distribution)) {
      task.run(pool, prepare.workers(), new StopFlag());
    } catch (RuntimeException broken) {
      fail(prepare, "node " + node.label() + " failed: " + broken);
      return;
    }
    Optional<LostNode> lost = exchange.lost();
    if (lost.isPresent()) {
      fail(prepare, lost.get().getMessage());
    }
  }

  private void fail(Speech.Prepare prepare, String reason) {
    talk.accept("run " + prepare.run() + " is over: " + reason);
    coordinatorDoor.tell(new Speech.Failing(prepare.run(), prepare.node(), reason));
  }

  /** Ends {@link #serve} as well, if another thread is in it. */
  @Override
  public void close() {
    node.mail().putLoss(coordinator, "this node was closed");
    node.close();
  }
}
