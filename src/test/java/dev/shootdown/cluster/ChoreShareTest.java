package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ChoreShareTest {
  private static final String KIND = "test";

  /** Chores that are a text each; what comes of one is up to a function. */
  static Chores.Kind kind(Function<String, byte[]> done) {
    return new Chores.Kind() {
      @Override
      public String kind() {
        return KIND;
      }

      @Override
      public Chores open() {
        return new Chores() {
          @Override
          public byte[] done(byte[] chore) {
            return done.apply(new String(chore, StandardCharsets.UTF_8));
          }

          @Override
          public void close() {}
        };
      }
    };
  }

  static byte[] done(String text) {
    return bytes("done " + text);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Supplier<byte[]>> chores(int count) {
    return IntStream.range(0, count)
        .<Supplier<byte[]>>mapToObj(i -> () -> bytes("chore " + i)).toList();
  }

  private static Coordinator coordinator(int nodes) {
    return coordinator(Nodes.PATIENT, nodes);
  }

  private static Coordinator coordinator(Patience patience, int nodes) {
    return coordinator(patience, nodes, line -> {});
  }

  private static Coordinator coordinator(Patience patience, int nodes, Consumer<String> talk) {
    return new Coordinator(NodeSettings.local(0).with(patience), Nodes.CODE, nodes, talk);
  }

  private static Worker worker(int port, Chores.Kind kind) {
    return worker(Nodes.PATIENT, port, kind);
  }

  private static Worker worker(Patience patience, int port, Chores.Kind kind) {
    return new Worker(
        NodeSettings.local(0).with(patience), Nodes.CODE, "127.0.0.1", port, line -> {},
        new Worker.Trades(List.of(), List.of(kind), 2));
  }

  private static CompletableFuture<Throwable> serve(Worker worker) {
    return CompletableFuture.runAsync(worker::serve, task -> new Thread(task).start())
        .handle((done, thrown) -> thrown);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException closed) {
      throw new IllegalStateException(closed);
    }
  }

  /** Runs and gives what came, by index; fails if something comes twice. */
  static Map<Integer, String> run(ChoreShare share, int count) {
    Map<Integer, String> got = new TreeMap<>();
    share.run(
        chores(count), () -> false,
        outcomes -> {
          for (ChoreShare.Outcome each : outcomes) {
            String text = new String(each.bytes(), StandardCharsets.UTF_8);
            assertThat(got.put(each.index(), text)).as("came twice").isNull();
          }
        });
    return got;
  }

  static Map<Integer, String> expected(int count) {
    Map<Integer, String> all = new TreeMap<>();
    IntStream.range(0, count).forEach(i -> all.put(i, "done chore " + i));
    return all;
  }

  @Test
  void shouldBringEveryOutcomeOnceWhenAllNodesTakePart() {
    CountDownLatch there = new CountDownLatch(1);
    CountDownLatch here = new CountDownLatch(1);
    // Neither side may finish alone: each holds its first chore until the other has one.
    Chores.Kind own = kind(text -> {
      here.countDown();
      await(there);
      return done(text);
    });
    Chores.Kind theirs = kind(text -> {
      there.countDown();
      await(here);
      return done(text);
    });
    try (Coordinator coordinator = coordinator(2);
        Worker worker = worker(coordinator.port(), theirs)) {
      CompletableFuture<Throwable> served = serve(worker);
      coordinator.form(() -> {});
      try (ChoreShare share = coordinator.share(own, 1)) {
        assertThat(run(share, 300)).isEqualTo(expected(300));
        assertThat(run(share, 7)).as("a second round").isEqualTo(expected(7));
        assertThat(share.nodes()).isEqualTo(2);
      }
      coordinator.goodbye();
      assertThat(served.join()).isNull();
    }
  }

  @Test
  void shouldDoTheChoresOfALostNodeElsewhereWhenItDies() {
    List<String> said = losing(Nodes.SHORT, Worker::vanish);

    assertThat(said).last().asString().contains("is lost (no sign of life for 4 s)");
  }

  /** Had it not said so, it would have been lost for its silence. */
  @Test
  void shouldDoTheChoresOfANodeElsewhereAtOnceWhenItSaysThatItGoes() {
    List<String> said = losing(Nodes.PATIENT, Worker::close);

    assertThat(said).last().asString().contains("is lost (left the cluster); others do its work");
  }

  /** Does chores while a worker goes in whichever way; what the coordinator said about it. */
  @SuppressWarnings("try") // to close the worker early is what the tests are about
  private static List<String> losing(Patience patience, Consumer<Worker> end) {
    List<String> said = new CopyOnWriteArrayList<>();
    CountDownLatch begun = new CountDownLatch(2);
    ConcurrentLinkedQueue<String> taken = new ConcurrentLinkedQueue<>();
    CountDownLatch never = new CountDownLatch(1);
    Chores.Kind stuck = kind(text -> {
      taken.add(text);
      begun.countDown();
      await(never);
      return bytes("lies");
    });
    Chores.Kind own = kind(text -> {
      await(begun);
      return done(text);
    });
    try (Coordinator coordinator = coordinator(patience, 2, said::add);
        Worker worker = worker(patience, coordinator.port(), stuck)) {
      CompletableFuture<Throwable> served = serve(worker);
      coordinator.form(() -> {});
      try (ChoreShare share = coordinator.share(own, 1)) {
        CompletableFuture<Void> killer =
            CompletableFuture.runAsync(
                () -> {
                  await(begun);
                  end.accept(worker);
                },
                task -> new Thread(task).start());

        assertThat(run(share, 40)).isEqualTo(expected(40));
        assertThat(taken).as("chores that were under way there").hasSize(2);
        assertThat(share.nodes()).isEqualTo(1);
        killer.join();
      }
      assertThat(served.join()).hasMessageContaining("this node was closed");
    }
    return said;
  }

  @Test
  void shouldTakePartWhenAWorkerComesLate() {
    CountDownLatch late = new CountDownLatch(1);
    // Nothing gets done before the late one has come.
    Chores.Kind own = kind(text -> {
      await(late);
      return done(text);
    });
    Chores.Kind theirs = kind(text -> {
      late.countDown();
      return done(text);
    });
    List<Worker> workers = new ArrayList<>();
    try (Coordinator coordinator = coordinator(1)) {
      coordinator.form(() -> {});
      try (ChoreShare share = coordinator.share(own, 1)) {
        CompletableFuture<Throwable> served =
            CompletableFuture.supplyAsync(
                () -> {
                  workers.add(worker(coordinator.port(), theirs));
                  workers.get(0).serve();
                  return null;
                },
                task -> new Thread(task).start());

        assertThat(run(share, 20)).isEqualTo(expected(20));
        assertThat(share.nodes()).isEqualTo(2);
        coordinator.goodbye();
        assertThat(served.join()).isNull();
      }
    } finally {
      workers.forEach(Worker::close);
    }
  }

  @Test
  void shouldCarryOutcomesThatNoPieceCanHoldWhenTheyAreLarge() {
    byte[] large = new byte[3 * Parcel.PIECE_BYTES + 17];
    IntStream.range(0, large.length).forEach(i -> large[i] = (byte) (i * 31));
    CountDownLatch there = new CountDownLatch(1);
    Chores.Kind own = kind(text -> {
      await(there);
      return large;
    });
    Chores.Kind theirs = kind(text -> {
      there.countDown();
      return large;
    });
    try (Coordinator coordinator = coordinator(2);
        Worker worker = worker(coordinator.port(), theirs)) {
      serve(worker);
      coordinator.form(() -> {});
      try (ChoreShare share = coordinator.share(own, 1)) {
        List<byte[]> got = new ArrayList<>();
        share.run(
            chores(6), () -> false,
            outcomes -> outcomes.forEach(outcome -> got.add(outcome.bytes())));

        assertThat(got).hasSize(6).allMatch(bytes -> java.util.Arrays.equals(bytes, large));
      }
    }
  }

  @Test
  void shouldNameTheNodeWhenAChoreFailsThere() {
    Chores.Kind own = kind(text -> {
      throw new IllegalStateException("no such chore");
    });
    try (Coordinator coordinator = coordinator(1)) {
      coordinator.form(() -> {});
      try (ChoreShare share = coordinator.share(own, 1)) {
        assertThatExceptionOfType(ClusterProblem.class)
            .isThrownBy(() -> run(share, 3))
            .withMessageContaining("node " + coordinator.label() + " failed: ")
            .withMessageContaining("no such chore");
      }
    }
  }

  @Test
  void shouldEndWithWhatThereIsWhenItIsStopped() {
    List<Integer> got = new ArrayList<>();
    try (Coordinator coordinator = coordinator(1)) {
      coordinator.form(() -> {});
      try (ChoreShare share = coordinator.share(kind(ChoreShareTest::bytes), 1)) {
        share.run(
            chores(1_000), () -> !got.isEmpty(),
            outcomes -> outcomes.forEach(outcome -> got.add(outcome.index())));

        assertThat(got).isNotEmpty().hasSizeLessThan(1_000).doesNotHaveDuplicates();
      }
    }
  }
}
