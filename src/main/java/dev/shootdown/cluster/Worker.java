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
 *   <li>For chores it starts hands, which ask for them.
 *   <li>It ends when the coordinator says so, or is gone.
 * </ol>
 */
public final class Worker implements AutoCloseable {
  private static final long GREETING_MS = 500;

  private final ClusterNode node;
  private final SystemPool pool = new SystemPool();
  private final NodeSettings settings;
  private final CodeIdentity code;
  private final Consumer<String> talk;
  private final Map<String, Task.Reader> readers = new TreeMap<>();
  private final Map<String, Chores.Kind> kinds = new TreeMap<>();
  private final int jobs;
  private volatile String coordinator = "";
  private ActorRef<Door.Command> coordinatorDoor;
  private volatile Hands hands;
  private volatile boolean closed;

  /** Whether others count on this node, and would have to notice its silence. */
  private volatile boolean serving;

  /** Tells whoever waits for this node's frames that there will be none. */
  private volatile Runnable farewell = () -> {};

  /**
   * Starts a node that will join the one at {@code host}:{@code port}.
   *
   * @param talk takes lines for a person
   * @param trades what it can do beside scenarios
   * @throws ClusterProblem if it can't be started
   */
  public Worker(
      NodeSettings settings, CodeIdentity code, String host, int port, Consumer<String> talk,
      Trades trades) {
    this(closedTo(settings, host), code, talk, trades);
    join(host, port);
  }

  /** The settings, if something may be sent to {@code host} with them: asked before listening. */
  private static NodeSettings closedTo(NodeSettings settings, String host) {
    settings.refuseOpen(host);
    return settings;
  }

  /**
   * Starts a node that joins nobody yet; see {@link #join}.
   *
   * @param talk takes lines for a person
   * @param trades what it can do beside scenarios
   * @throws ClusterProblem if it can't be started
   */
  public Worker(
      NodeSettings settings, CodeIdentity code, Consumer<String> talk, Trades trades) {
    this.settings = settings;
    this.code = code;
    this.talk = talk;
    this.readers.put(ScenarioTask.KIND, ScenarioTask.READER);
    trades.readers().forEach(reader -> this.readers.put(reader.kind(), reader));
    trades.chores().forEach(kind -> kinds.put(kind.kind(), kind));
    this.jobs = trades.jobs();
    this.node = new ClusterNode(settings);
  }

  /**
   * Asks the node at {@code host}:{@code port} to be let in; to be called once.
   *
   * @throws ClusterProblem if nothing may be sent there
   */
  public void join(String host, int port) {
    settings.refuseOpen(host);
    coordinatorDoor = node.door(host, port);
    coordinator = host + ":" + port;
    node.join(host, port);
  }

  /**
   * What a worker can do.
   *
   * @param readers of tasks that nodes run together
   * @param chores that each does alone
   * @param jobs how many chores at a time, ≥ 1
   */
  public record Trades(List<Task.Reader> readers, List<Chores.Kind> chores, int jobs) {
    /** Nothing but scenarios. */
    public static final Trades NONE = new Trades(List.of(), List.of(), 1);
  }

  FrameLines lines() {
    return node.lines();
  }

  /** Host and port of this node. */
  public String label() {
    return node.label();
  }

  /**
   * Serves until the coordinator says goodbye. If the other is a {@link Lobby}, that is only the
   * end of a session.
   *
   * @throws ClusterProblem if there is no coordinator, it doesn't want this node, or it is lost
   */
  public void serve() {
    introduce(coordinator, coordinatorDoor);
    talk.accept(node.label() + " works for " + coordinator);
    serving = true;
    try {
      listen();
    } finally {
      serving = false;
    }
  }

  private void listen() {
    while (true) {
      Optional<Speech> speech = node.mail().speech(Long.MAX_VALUE / 2_000_000, coordinator);
      if (speech.isEmpty()) {
        throw lost(coordinator);
      } else if (speech.get() instanceof Speech.Bye) {
        coordinatorDoor.tell(new Speech.Bye());
        return;
      } else if (speech.get() instanceof Speech.Meet meet && ClusterNode.isDoor(meet.door())) {
        for (Optional<Speech.Meet> next = Optional.of(meet); next.isPresent(); ) {
          next = meet(next.get());
        }
      } else {
        work(coordinatorDoor, speech.get());
      }
    }
  }

  private ClusterProblem lost(String label) {
    return ClusterProblem.apart(
        "lost " + label + ": " + node.mail().loss(label).orElse("interrupted"));
  }

  /**
   * A session for one who isn't there to stay; whatever ends it, this node waits again.
   *
   * @return whom to meet next: the lobby may hear of the end of a session before this node does
   */
  private Optional<Speech.Meet> meet(Speech.Meet meet) {
    String guest = ClusterNode.labelOf(meet.door());
    ActorRef<Door.Command> door = node.door(meet.door());
    Optional<Speech.Meet> next = Optional.empty();
    try {
      node.mail().forgetLoss(guest);
      introduce(guest, door);
      talk.accept(node.label() + " works for " + guest);
      Optional<Speech> speech = node.mail().speech(Long.MAX_VALUE / 2_000_000, guest);
      while (speech.isPresent() && !(speech.get() instanceof Speech.Bye)) {
        if (speech.get() instanceof Speech.Meet other && !other.equals(meet)
            && ClusterNode.isDoor(other.door())) {
          next = Optional.of(other);
        }
        work(door, speech.get());
        speech = node.mail().speech(Long.MAX_VALUE / 2_000_000, guest);
      }
      if (speech.isEmpty()) {
        throw lost(guest);
      }
      door.tell(new Speech.Bye());
      talk.accept(node.label() + " waits again");
    } catch (ClusterProblem problem) {
      talk.accept(node.label() + " waits again: " + problem.getMessage());
    } finally {
      dismiss();
    }
    return next;
  }

  private void work(ActorRef<Door.Command> boss, Speech speech) {
    if (speech instanceof Speech.Prepare prepare) {
      prepare(boss, prepare);
    } else if (speech instanceof Speech.Employ employ) {
      employ(employ);
    }
  }

  private void introduce(String boss, ActorRef<Door.Command> door) {
    long rounds = settings.patience().formSeconds() * 1_000L / GREETING_MS;
    if (!node.mail().isMember(settings.patience().formSeconds())) {
      throw ClusterProblem.apart(
          "nobody at " + boss + " let this node in within "
              + settings.patience().formSeconds() + " s" + NodeSettings.doubt(boss));
    }
    for (long i = 0; i < rounds; i++) {
      door.tell(new Speech.Hello(node.door(), code.version(), code.code()));
      Optional<Speech> answer = node.mail().speech(GREETING_MS, boss);
      if (answer.isPresent() && answer.get() instanceof Speech.Unwelcome no) {
        throw ClusterProblem.usage(boss + " refused this node: " + no.reason(), null);
      } else if (answer.isPresent() && answer.get() instanceof Speech.Welcome) {
        return;
      }
    }
    throw ClusterProblem.apart("nobody at " + boss + " answers");
  }

  /** Once is enough: a greeting that was said twice brings it twice. */
  private void employ(Speech.Employ employ) {
    Chores.Kind kind = kinds.get(employ.kind());
    if (hands == null && kind != null) {
      hands = Hands.start(node, kind.open(), jobs, employ.foreman());
      talk.accept("takes part in '" + employ.kind() + "', " + jobs + " at a time");
    }
  }

  private void dismiss() {
    Hands last = hands;
    hands = null;
    if (last != null) {
      last.close();
    }
  }

  private void prepare(ActorRef<Door.Command> boss, Speech.Prepare prepare) {
    Speech.Job job = prepare.job();
    Task task;
    try {
      Task.Reader reader = readers.get(job.kind());
      if (reader == null) {
        throw new IllegalArgumentException("there is no task of kind '" + job.kind() + "'");
      }
      task = reader.read(job.text(), job.seed());
    } catch (RuntimeException unreadable) {
      boss.tell(
          new Speech.Declined(
              prepare.run(), prepare.node(), String.valueOf(unreadable.getMessage())));
      return;
    }
    FrameExchange exchange =
        new FrameExchange(
            node, prepare.run(), prepare.node(), prepare.doors(), settings.patience());
    boss.tell(
        new Speech.Prepared(prepare.run(), prepare.node(), task.hash(), job.seed()));
    if (task.hash().equals(job.hash())) {
      run(boss, prepare, task, exchange);
    }
  }

  private void run(
      ActorRef<Door.Command> boss, Speech.Prepare prepare, Task task, FrameExchange exchange) {
    Distribution distribution =
        new Distribution(exchange, Codec.ofAny(task.messages()), Codec.ofAny(task.facts()));
    talk.accept("run " + prepare.run() + ": node " + prepare.node() + " of " + exchange.nodes());
    farewell = () -> boss.tell(failing(prepare, closedIn(exchange.round())));
    try {
      task.run(pool.across(distribution), prepare.workers(), new StopFlag());
    } catch (RuntimeException broken) {
      String failed = "node " + node.label() + " failed: " + broken;
      fail(boss, prepare, failed, failed);
      return;
    } finally {
      farewell = () -> {};
    }
    Optional<LostNode> lost = exchange.lost();
    if (lost.isPresent()) {
      String told = closed ? closedIn(exchange.round()) : lost.get().getMessage();
      fail(boss, prepare, told, closed ? told : seenFromHere(told));
    }
  }

  /** Where one direction only is torn, others would read that they themselves are silent. */
  private String seenFromHere(String lost) {
    return "node " + node.label() + ": lost " + lost.replaceFirst("^node ", "");
  }

  /** To this node the others are gone, to them it is; they may hear of it from here first. */
  private String closedIn(long round) {
    return "node " + node.label() + ": it was closed, window " + round;
  }

  private void fail(
      ActorRef<Door.Command> boss, Speech.Prepare prepare, String here, String there) {
    talk.accept("run " + prepare.run() + " is over: " + here);
    boss.tell(failing(prepare, there));
  }

  private static Speech.Failing failing(Speech.Prepare prepare, String reason) {
    return new Speech.Failing(prepare.run(), prepare.node(), reason);
  }

  /** Ends as a process does that is killed: nobody is told. */
  void vanish() {
    serving = false;
    farewell = () -> {};
    close();
  }

  /**
   * Ends {@link #serve} as well, if another thread is in it. Whoever it works for hears of it: a
   * run that is going on is lost, chores are done by others.
   */
  @Override
  public void close() {
    closed = true;
    farewell.run();
    boolean missed = serving;
    node.mail().putLoss(coordinator, "this node was closed");
    if (missed) {
      node.leave();
    }
    node.close();
    dismiss();
    pool.close();
  }
}
