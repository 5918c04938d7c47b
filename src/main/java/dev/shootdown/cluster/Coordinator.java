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
 * <p>The nodes of a run are fixed: who comes later is not let in, and who is lost ends the run.
 * Chores are different, see {@link ChoreShare}.
 */
public final class Coordinator implements AutoCloseable {
  private static final long STEP_MS = 250;

  /** Runs of one session in a lobby: numbers must not come again in the next. */
  private static final int RUNS_BITS = 20;

  private final ClusterNode node;
  private final SystemPool pool = new SystemPool();
  private final NodeSettings settings;
  private final CodeIdentity code;
  private final Consumer<String> talk;
  private final Optional<String> lobby;
  private int nodes;

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
    this(settings, code, nodes, talk, Optional.empty());
    node.found();
  }

  private Coordinator(
      NodeSettings settings, CodeIdentity code, int nodes, Consumer<String> talk,
      Optional<String> lobby) {
    this.settings = settings;
    this.code = code;
    this.nodes = nodes;
    this.lobby = lobby;
    this.talk = talk;
    this.node = new ClusterNode(settings);
    doors.add(node.door());
  }

  /**
   * Starts a node that will join the cluster that waits at {@code host}:{@code port}, and have all
   * its workers.
   *
   * @throws ClusterProblem if it can't be started
   */
  public static Coordinator guest(
      NodeSettings settings, CodeIdentity code, String host, int port, Consumer<String> talk) {
    settings.refuseOpen(host);
    Coordinator guest =
        new Coordinator(settings, code, 1, talk, Optional.of(host + ":" + port));
    guest.node.join(host, port);
    return guest;
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
    form(meanwhile, false);
  }

  /**
   * As {@link #form(Runnable)}.
   *
   * @param open whether workers that come later may take part; it takes {@link #share}
   */
  public void form(Runnable meanwhile, boolean open) {
    int seconds = settings.patience().formSeconds();
    if (!node.mail().isMember(seconds)) {
      throw ClusterProblem.apart(
          lobby.map(label -> "nobody at " + label + " let this node in")
                  .orElse(node.label() + " found no cluster")
              + " within " + seconds + " s" + lobby.map(NodeSettings::doubt).orElse(""));
    }
    if (lobby.isPresent()) {
      recruit(lobby.get(), open);
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

  private void recruit(String label, boolean open) {
    int colon = label.lastIndexOf(':');
    ActorRef<Door.Command> door =
        node.door(label.substring(0, colon), Integer.parseInt(label.substring(colon + 1)));
    Speech.Recruit recruit =
        new Speech.Recruit(node.door(), code.version(), code.code(), open);
    List<Speech> early = new ArrayList<>();
    for (long left = settings.patience().formSeconds() * 1_000L; left > 0; left -= STEP_MS) {
      door.tell(recruit);
      Optional<Speech> answer = node.mail().speech(STEP_MS, label);
      if (answer.isPresent() && answer.get() instanceof Speech.Unwelcome no) {
        throw ClusterProblem.apart(label + " refused this run: " + no.reason());
      } else if (answer.isPresent() && answer.get() instanceof Speech.Roster roster) {
        nodes = 1 + roster.workers();
        runs = roster.session() << RUNS_BITS;
        early.forEach(node.mail()::put);
        return;
      }
      answer.ifPresent(early::add);
    }
    throw ClusterProblem.apart(
        "no worker waits at " + label + " within " + settings.patience().formSeconds() + " s");
  }

  private void greet(Speech.Hello hello) {
    Optional<String> refusal = refusal(hello);
    if (refusal.isPresent()) {
      throw ClusterProblem.apart(refusal.get());
    }
    if (!doors.contains(hello.door())) {
      doors.add(hello.door());
      talk.accept(
          "node " + ClusterNode.labelOf(hello.door()) + " joined, " + doors.size() + " of "
              + nodes);
    }
    node.door(hello.door()).tell(new Speech.Welcome());
  }

  private Optional<String> refusal(Speech.Hello hello) {
    CodeIdentity theirs = new CodeIdentity(hello.version(), hello.code());
    if (theirs.equals(code)) {
      return Optional.empty();
    }
    String reason = "it runs " + theirs + ", " + node.label() + " runs " + code;
    node.door(hello.door()).tell(new Speech.Unwelcome(reason));
    return Optional.of(
        "node " + ClusterNode.labelOf(hello.door()) + " refused: " + reason);
  }

  /**
   * Begins a session of chores with all workers, and those that will come.
   *
   * @param hands how many chores this node does at a time, ≥ 1
   */
  public ChoreShare share(Chores.Kind kind, int hands) {
    return new ChoreShare(this, node, kind, hands);
  }

  /** How many nodes there are, this one included. */
  int size() {
    return doors.size();
  }

  /** Tells all workers of chores. */
  void employ(Speech.Employ employ) {
    doors.subList(1, doors.size()).forEach(door -> node.door(door).tell(employ));
  }

  /** Lets in who has come, and goes on without who is lost; for chores. */
  void attend(Speech.Employ employ) {
    for (String door : List.copyOf(doors.subList(1, doors.size()))) {
      String label = ClusterNode.labelOf(door);
      Optional<String> loss = node.mail().loss(label);
      if (loss.isPresent()) {
        doors.remove(door);
        if (!loss.get().equals(Mail.LEFT)) {
          // Only then its hands count as gone, and others can join.
          node.down(label);
        }
        talk.accept("node " + label + " is lost (" + loss.get() + "); others do its work");
      }
    }
    for (Optional<Speech> speech = node.mail().speech(0, ""); speech.isPresent();
        speech = node.mail().speech(0, "")) {
      if (speech.get() instanceof Speech.Hello hello && ClusterNode.isDoor(hello.door())) {
        admit(hello, employ);
      }
    }
  }

  private void admit(Speech.Hello hello, Speech.Employ employ) {
    Optional<String> refusal = refusal(hello);
    if (refusal.isPresent()) {
      talk.accept(refusal.get());
      return;
    }
    String label = ClusterNode.labelOf(hello.door());
    node.mail().forgetLoss(label);
    if (!doors.contains(hello.door())) {
      doors.add(hello.door());
      talk.accept("node " + label + " joined, " + doors.size() + " nodes");
    }
    node.door(hello.door()).tell(new Speech.Welcome());
    node.door(hello.door()).tell(employ);
  }

  /**
   * Sends a task to all and compares what they made of it.
   *
   * @param kind what a worker's reader of such tasks is called
   * @param text what it reads
   * @param workers threads on each node
   * @return a pool to run {@code task} in, on the calling thread, until this is closed
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
    return pool.across(
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
    lobby.ifPresent(
        label -> {
          int colon = label.lastIndexOf(':');
          node.door(label.substring(0, colon), Integer.parseInt(label.substring(colon + 1)))
              .tell(new Speech.Bye());
        });
    // Their answer says that the goodbye went through; a lost one does not answer.
    int expected = doors.size() - 1;
    int steps = lost().isPresent() ? 2 : 8;
    while (expected > 0 && steps > 0) {
      Optional<Speech> speech = node.mail().speech(STEP_MS, "");
      expected -= speech.isPresent() && speech.get() instanceof Speech.Bye ? 1 : 0;
      steps -= speech.isPresent() ? 0 : 1;
    }
  }

  FrameLines lines() {
    return node.lines();
  }

  /** Ends as a process does that is killed: nobody is told. */
  void vanish() {
    node.close();
  }

  @Override
  public void close() {
    goodbye();
    if (lobby.isPresent()) {
      node.leave();
    }
    node.close();
    pool.close();
  }
}
