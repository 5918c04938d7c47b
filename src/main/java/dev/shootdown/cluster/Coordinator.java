package dev.shootdown.cluster;

import dev.shootdown.bytes.Codec;
import dev.shootdown.engine.Distribution;
import dev.shootdown.engine.LostNode;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The node that others join, that is node 0 of every run and has its outcome.
 *
 * <ol>
 *   <li>It founds a cluster and waits for its workers; one that runs other code is refused.
 *   <li>Per run it sends the task to each, and compares what their readings came to with its own.
 *   <li>The caller then runs the task here, in a pool that shares the partitions.
 *   <li>When closed it says goodbye to all.
 * </ol>
 *
 * <p>Membership is fixed: who comes later is not let in, and who is lost ends the run.
 */
public final class Coordinator implements AutoCloseable {
  private static final long STEP_MS = 250;

  private final ClusterNode node;
  private final NodeSettings settings;
  private final CodeIdentity code;
  private final Consumer<String> talk;
  private final int nodes;

  /** Doors by node number; the own one first. */
  private final List<String> doors = new ArrayList<>();

  private long runs;
  private FrameExchange exchange;
  private boolean left;

  /**
   * Starts the node; {@link #form} waits for the others.
   *
   * @param nodes how many nodes a run has, this one included, ≥ 1
   * @param talk takes lines for a person
   * @throws ClusterProblem if it can't be started
   */
  public Coordinator(
      NodeSettings settings, CodeIdentity code, int nodes, Consumer<String> talk) {
    this.settings = settings;
    this.code = code;
    this.nodes = nodes;
    this.talk = talk;
    this.node = new ClusterNode(settings);
    doors.add(node.door());
    node.found();
  }

  /** The port that it listens on. */
  public int port() {
    return node.port();
  }

  /** Host and port, for {@code --join}. */
  public String label() {
    return node.label();
  }

  /**
   * Waits until all workers are there.
   *
   * @param meanwhile called now and then; it may throw to end the waiting
   * @throws ClusterProblem if they don't come in time, or one runs other code
   */
  public void form(Runnable meanwhile) {
    int seconds = settings.patience().formSeconds();
    if (!node.mail().isMember(seconds)) {
      throw ClusterProblem.apart(node.label() + " found no cluster within " + seconds + " s");
    }
    long steps = seconds * 1_000L / STEP_MS;
    while (doors.size() < nodes) {
      Optional<Speech> speech = node.mail().speech(STEP_MS, "");
      meanwhile.run();
      if (speech.isEmpty() && steps-- == 0) {
        throw ClusterProblem.apart(
            "only " + doors.size() + " of " + nodes + " nodes within " + seconds + " s; start"
                + " workers with: ./shootdown node --join " + node.label());
      } else if (speech.isPresent() && speech.get() instanceof Speech.Hello hello
          && ClusterNode.isDoor(hello.door())) {
        greet(hello);
      }
    }
  }

  private void greet(Speech.Hello hello) {
    ActorRef<Door.Command> door = node.door(hello.door());
    String label = ClusterNode.labelOf(hello.door());
    CodeIdentity theirs = new CodeIdentity(hello.version(), hello.code());
    if (!theirs.equals(code)) {
      String reason = "it runs " + theirs + ", " + node.label() + " runs " + code;
      door.tell(new Speech.Unwelcome(reason));
      throw ClusterProblem.apart("node " + label + " refused: " + reason);
    }
    if (!doors.contains(hello.door())) {
      doors.add(hello.door());
      talk.accept("node " + label + " joined, " + doors.size() + " of " + nodes);
    }
    door.tell(new Speech.Welcome());
  }

  /**
   * Sends a task to all and compares what they made of it.
   *
   * @param kind what a worker's reader of such tasks is called
   * @param text what it reads
   * @param workers threads on each node
   * @return a pool to run {@code task} in, on the calling thread; to be closed after it
   * @throws ClusterProblem if a node can't read it, reads something else, or is gone
   */
  public SystemPool begin(Task task, String kind, String text, long seed, int workers) {
    long run = ++runs;
    exchange = new FrameExchange(node, run, 0, doors, settings.patience());
    for (int i = 1; i < doors.size(); i++) {
      Speech.Job job = new Speech.Job(kind, text, task.hash(), seed);
      node.door(doors.get(i)).tell(new Speech.Prepare(run, i, workers, job, List.copyOf(doors)));
    }
    try {
      awaitPrepared(run, task.hash(), seed);
    } catch (ClusterProblem problem) {
      abort(problem.getMessage());
      throw problem;
    }
    return SystemPool.across(
        new Distribution(exchange, Codec.ofAny(task.messages()), Codec.ofAny(task.facts())));
  }

  private void awaitPrepared(long run, String hash, long seed) {
    boolean[] ready = new boolean[doors.size()];
    int missing = doors.size() - 1;
    long steps = settings.patience().formSeconds() * 1_000L / STEP_MS;
    while (missing > 0) {
      Optional<Speech> speech = node.mail().speech(STEP_MS, "");
      refuseLost(ready);
      if (speech.isEmpty() && steps-- == 0) {
        throw ClusterProblem.apart(
            "a node was not ready within " + settings.patience().formSeconds() + " s");
      } else if (speech.isPresent() && speech.get() instanceof Speech.Declined no
          && no.run() == run) {
        throw ClusterProblem.apart("node " + label(no.node()) + " cannot run it: " + no.reason());
      } else if (speech.isPresent() && speech.get() instanceof Speech.Prepared yes
          && yes.run() == run && yes.node() > 0 && yes.node() < ready.length) {
        compare(label(yes.node()), "configuration", yes.hash(), hash);
        compare(label(yes.node()), "seed", Long.toString(yes.seed()), Long.toString(seed));
        missing -= ready[yes.node()] ? 0 : 1;
        ready[yes.node()] = true;
      }
    }
  }

  private void refuseLost(boolean[] ready) {
    for (int i = 1; i < ready.length; i++) {
      Optional<String> loss = node.mail().loss(ClusterNode.labelOf(doors.get(i)));
      if (!ready[i] && loss.isPresent()) {
        throw ClusterProblem.apart("node " + label(i) + ": " + loss.get());
      }
    }
  }

  private String label(int number) {
    boolean known = number > 0 && number < doors.size();
    return known ? ClusterNode.labelOf(doors.get(number)) : Integer.toString(number);
  }

  private void compare(String label, String what, String theirs, String ours) {
    if (!theirs.equals(ours)) {
      throw ClusterProblem.apart(
          "node " + label + " refused: its " + what + " is " + theirs + ", here it is " + ours);
    }
  }

  /** Why the last run lost its nodes, if it did; its result is only what there was. */
  public Optional<LostNode> lost() {
    return exchange == null ? Optional.empty() : exchange.lost();
  }

  /** Ends the last run on all workers. */
  public void abort(String reason) {
    for (int i = 1; i < doors.size(); i++) {
      node.door(doors.get(i)).tell(new Speech.Abort(runs, reason));
    }
  }

  /** Ends the session with all workers; {@link #close} does it as well. */
  public void goodbye() {
    if (left) {
      return;
    }
    left = true;
    for (int i = 1; i < doors.size(); i++) {
      node.door(doors.get(i)).tell(new Speech.Bye());
    }
    // Their answer says that the goodbye went through; a lost one does not answer.
    int expected = doors.size() - 1;
    int steps = lost().isPresent() ? 2 : 8;
    while (expected > 0 && steps > 0) {
      Optional<Speech> speech = node.mail().speech(STEP_MS, "");
      expected -= speech.isPresent() && speech.get() instanceof Speech.Bye ? 1 : 0;
      steps -= speech.isPresent() ? 0 : 1;
    }
  }

  @Override
  public void close() {
    goodbye();
    node.close();
  }
}
