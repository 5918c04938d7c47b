package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker among nodes that this test plays. */
@Timeout(300)
class WorkerTest {
  private static final long SECONDS = 60;

  private static Speech next(ClusterNode node, Class<? extends Speech> kind) {
    Optional<Speech> speech = node.mail().speech(SECONDS * 1_000, "");
    while (speech.isPresent() && !kind.isInstance(speech.get())) {
      speech = node.mail().speech(SECONDS * 1_000, "");
    }
    assertThat(speech).as("a " + kind.getSimpleName()).isPresent();
    return speech.get();
  }

  private static void tell(ClusterNode from, Worker to, Speech speech) {
    int colon = to.label().lastIndexOf(':');
    from.door(to.label().substring(0, colon), Integer.parseInt(to.label().substring(colon + 1)))
        .tell(speech);
  }

  private static ClusterNode guestOf(ClusterNode lobby) {
    ClusterNode guest = new ClusterNode(Nodes.settings());
    guest.join("127.0.0.1", lobby.port());
    assertThat(guest.mail().isMember((int) SECONDS)).isTrue();
    return guest;
  }

  /** Two guests of a lobby, one after the other; the first one's goodbye takes the longer way. */
  @Test
  void shouldMeetTheNextWhenThatIsSaidBeforeTheSessionIsOver() {
    try (ClusterNode lobby = new ClusterNode(Nodes.settings())) {
      lobby.found();
      try (Worker worker =
              new Worker(
                  Nodes.settings(), Nodes.CODE, "127.0.0.1", lobby.port(), line -> {},
                  Worker.Trades.NONE);
          ClusterNode first = guestOf(lobby);
          ClusterNode second = guestOf(lobby)) {
        CompletableFuture<Throwable> served =
            CompletableFuture.runAsync(worker::serve, run -> new Thread(run).start())
                .handle((done, thrown) -> thrown);
        next(lobby, Speech.Hello.class);
        tell(lobby, worker, new Speech.Welcome());
        tell(lobby, worker, new Speech.Meet(first.door()));
        next(first, Speech.Hello.class);
        tell(first, worker, new Speech.Welcome());
        // Answered, so the worker is in the session when it hears of the next one.
        tell(first, worker, unknown(first));
        next(first, Speech.Declined.class);
        tell(lobby, worker, new Speech.Meet(second.door()));
        tell(lobby, worker, unknown(first));
        next(first, Speech.Declined.class);
        tell(first, worker, new Speech.Bye());

        next(second, Speech.Hello.class);
        tell(second, worker, new Speech.Welcome());
        tell(second, worker, new Speech.Bye());
        next(second, Speech.Bye.class);
        tell(lobby, worker, new Speech.Bye());
        assertThat(served.orTimeout(SECONDS, TimeUnit.SECONDS).join()).isNull();
      }
    }
  }

  /** What no worker can run, so that it says so. */
  private static Speech unknown(ClusterNode boss) {
    Speech.Job job = new Speech.Job("no such kind", "", "", 1);
    return new Speech.Prepare(1, 1, 1, job, List.of(boss.door()));
  }
}
