package dev.shootdown.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A cluster that waits: workers gather here until somebody comes with work, again and again.
 *
 * <ol>
 *   <li>It founds a cluster. Workers join it as they would join a coordinator.
 *   <li>A coordinator joins, says {@link Speech.Recruit}, and hears how many workers there are.
 *   <li>Each of them is told to meet the coordinator, and comes back when that has said goodbye, or
 *       is lost.
 * </ol>
 *
 * <p>Can: one coordinator at a time; others are refused meanwhile. Can't: work; a process that does
 * both has a lobby and a worker.
 */
public final class Lobby implements AutoCloseable {
  private static final long STEP_MS = 250;

  private final ClusterNode node;
  private final CodeIdentity code;
  private final Consumer<String> talk;
  private final List<String> waiting = new ArrayList<>();
  private Optional<Speech.Recruit> guest = Optional.empty();
  private long session;
  private volatile boolean closed;

  /**
   * Founds it.
   *
   * @param talk takes lines for a person
   * @throws ClusterProblem if it can't be started
   */
  public Lobby(NodeSettings settings, CodeIdentity code, Consumer<String> talk) {
    this.code = code;
    this.talk = talk;
    this.node = new ClusterNode(settings);
    node.found();
  }

  /** Host and port, for {@code --join} and {@code --cluster}. */
  public String label() {
    return node.label();
  }

  /** The port that it listens on. */
  public int port() {
    return node.port();
  }

  /** Serves until it is closed by another thread. */
  public void serve() {
    while (!closed) {
      Optional<Speech> speech = node.mail().speech(STEP_MS, "");
      partFromLost();
      if (speech.isPresent() && speech.get() instanceof Speech.Hello hello
          && ClusterNode.isDoor(hello.door())) {
        welcome(hello);
      } else if (speech.isPresent() && speech.get() instanceof Speech.Recruit recruit
          && ClusterNode.isDoor(recruit.door())) {
        introduce(recruit);
      } else if (speech.isPresent() && speech.get() instanceof Speech.Bye) {
        end("is done");
      }
    }
  }

  private void partFromLost() {
    for (Map.Entry<String, String> loss : node.mail().takeLosses().entrySet()) {
      String label = loss.getKey();
      if (!loss.getValue().equals(Mail.LEFT)) {
        // Nobody could join while a member is missing.
        node.down(label);
      }
      if (waiting.removeIf(door -> ClusterNode.labelOf(door).equals(label))) {
        talk.accept("node " + label + " is gone, " + waiting.size() + " are here");
      }
      if (guest.map(Speech.Recruit::door).map(ClusterNode::labelOf).equals(Optional.of(label))) {
        end("is gone");
      }
    }
  }

  private void end(String how) {
    guest.ifPresent(
        recruit -> talk.accept("run of " + ClusterNode.labelOf(recruit.door()) + " " + how));
    guest = Optional.empty();
  }

  private void welcome(Speech.Hello hello) {
    ActorRef<Door.Command> door = node.door(hello.door());
    String label = ClusterNode.labelOf(hello.door());
    Optional<String> refusal = refusal(hello.version(), hello.code());
    if (refusal.isPresent()) {
      talk.accept("node " + label + " refused: " + refusal.get());
      door.tell(new Speech.Unwelcome(refusal.get()));
      return;
    }
    if (!waiting.contains(hello.door())) {
      waiting.add(hello.door());
      talk.accept("node " + label + " waits here, " + waiting.size() + " are here");
    }
    door.tell(new Speech.Welcome());
    guest.filter(Speech.Recruit::open)
        .ifPresent(recruit -> door.tell(new Speech.Meet(recruit.door())));
  }

  private Optional<String> refusal(String version, String digest) {
    CodeIdentity theirs = new CodeIdentity(version, digest);
    return theirs.equals(code)
        ? Optional.empty()
        : Optional.of("it runs " + theirs + ", " + node.label() + " runs " + code);
  }

  private void introduce(Speech.Recruit recruit) {
    ActorRef<Door.Command> door = node.door(recruit.door());
    Optional<String> refusal =
        refusal(recruit.version(), recruit.code())
            .or(
                () -> guest.filter(other -> !other.door().equals(recruit.door()))
                    .map(other -> "it works for " + ClusterNode.labelOf(other.door())));
    if (refusal.isPresent()) {
      door.tell(new Speech.Unwelcome(refusal.get()));
    } else if (!waiting.isEmpty()) {
      session += guest.isEmpty() ? 1 : 0;
      guest = Optional.of(recruit);
      door.tell(new Speech.Roster(waiting.size(), session));
      waiting.forEach(worker -> node.door(worker).tell(new Speech.Meet(recruit.door())));
    }
  }

  /** Ends {@link #serve} as well. */
  @Override
  public void close() {
    closed = true;
    node.close();
  }
}
