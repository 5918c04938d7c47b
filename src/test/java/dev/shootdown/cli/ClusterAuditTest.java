package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.audit.Audit;
import dev.shootdown.audit.AuditLoader;
import dev.shootdown.audit.AuditSpec;
import dev.shootdown.audit.CellStore;
import dev.shootdown.audit.Selection;
import dev.shootdown.cluster.ChoreShare;
import dev.shootdown.cluster.Chores;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Coordinator;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.Worker;
import dev.shootdown.engine.StopFlag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Audits over nodes. */
@Timeout(600)
class ClusterAuditTest {
  /** Safe, unsafe with a witness, and cells that cannot be. */
  private static final List<String> SMALL =
      List.of("audit", "--site", "C1,C5", "--era", "B,C", "--policy", "era,only-end", "--consumer",
          "vtd-ats,kvm", "--budget", "3");

  /** Enough for some seconds: there is something to do yet at the first line of progress. */
  private static final List<String> LARGE =
      List.of("audit", "--site", "C1,C2,C4,C5,C7,C8,C10,C11", "--era", "C", "--arch",
          "x86", "--consumer", "vtd-ats,kvm");

  private static final int BUDGET = 8;

  @TempDir private Path out;

  private Typed audit(List<String> what, String name, String... more) {
    List<String> words = new ArrayList<>(what);
    words.addAll(List.of(more));
    words.addAll(List.of("--out", out.resolve(name).toString()));
    return Typed.inProject(words.toArray(new String[0]));
  }

  /** All files by name. */
  private TreeMap<String, String> files(String name) throws IOException {
    TreeMap<String, String> texts = new TreeMap<>();
    try (Stream<Path> all = Files.walk(out.resolve(name))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(texts)
        .containsOnlyKeys("cells.jsonl", "audit.csv", "audit.json", "audit.html", "audit.txt");
    return texts;
  }

  @Test
  void shouldLeaveTheSameBytesWhenProcessesShareTheAudit() throws IOException {
    Typed alone = audit(SMALL, "alone", "--quiet");
    Typed shared = audit(SMALL, "shared", "--quiet", "--local-nodes", "2");

    assertThat(shared.err()).isEmpty();
    assertThat(shared.exitCode()).isEqualTo(alone.exitCode()).isZero();
    assertThat(files("shared")).isEqualTo(files("alone"));
    assertThat(alone.out()).contains(" unsafe", " safe");
    assertThat(shared.out().replace("shared", "alone")).isEqualTo(alone.out());
  }

  @Test
  void shouldLoseAndDoubleNothingWhenAWorkerIsKilled() throws IOException {
    int budget = BUDGET / 2;
    long tookNs = 0;
    while (tookNs < Strike.LONG_ENOUGH_NS) {
      budget *= 2;
      long beganNs = System.nanoTime();
      audit(large(budget), "alone" + budget, "--quiet");
      tookNs = System.nanoTime() - beganNs;
    }
    try (Strike strike = Strike.whenTwoHaveBegun()) {
      List<String> words = large(budget);
      words.addAll(Strike.TICKS);
      words.addAll(
          List.of(
              "--local-nodes", "2", "--give-up", "2", "--out", out.resolve("shared").toString()));
      Watched shared = Watched.run(strike, words.toArray(new String[0]));

      assertThat(strike.isDone()).as(shared.err()).isTrue();
      assertThat(shared.exitCode()).as(shared.err()).isZero();
      assertThat(shared.err()).contains("is lost (", "others do its work");
    }
    assertThat(files("shared")).isEqualTo(files("alone" + budget));
  }

  private static List<String> large(int budget) {
    List<String> words = new ArrayList<>(LARGE);
    words.addAll(List.of("--budget", Integer.toString(budget)));
    return words;
  }

  /** A kind whose nodes do what {@code before} says before each cell. */
  private static Chores.Kind cells(Runnable before) {
    return new Chores.Kind() {
      @Override
      public String kind() {
        return ClusterChores.AUDIT.kind();
      }

      @Override
      public Chores open() {
        Chores real = ClusterChores.AUDIT.open();
        return new Chores() {
          @Override
          public byte[] done(byte[] chore) {
            before.run();
            return real.done(chore);
          }

          @Override
          public void close() {
            real.close();
          }
        };
      }
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException closed) {
      throw new IllegalStateException(closed);
    }
  }

  @Test
  void shouldTakePartWhenAWorkerComesLate() {
    AuditSpec spec =
        AuditLoader.load(Optional.empty(), Optional.empty(), List.of(), out).withBudget(2);
    Selection some =
        new Selection(
            List.of("C1"), List.of(), List.of("vtd-ats", "kvm"), List.of(), List.of(),
            List.of("B", "C:x86"));
    Audit audit = new Audit(spec, some.of(spec), out, new StopFlag(), "again");
    CountDownLatch late = new CountDownLatch(1);
    CodeIdentity code = new CodeIdentity("test", "0123456789abcdef");
    List<Worker> workers = new ArrayList<>();
    try (Coordinator coordinator =
            new Coordinator(NodeSettings.local(0), code, 1, line -> {});
        CellStore store = CellStore.open(out.resolve("late"), spec)) {
      coordinator.form(() -> {}, true);
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                Chores.Kind theirs = cells(late::countDown);
                workers.add(
                    new Worker(
                        NodeSettings.local(0), code, "127.0.0.1", coordinator.port(), line -> {},
                        new Worker.Trades(List.of(), List.of(theirs), 1)));
                workers.get(0).serve();
              },
              task -> new Thread(task).start());
      // Nothing gets done here before the late one has a cell.
      try (ChoreShare share = coordinator.share(cells(() -> await(late)), 1);
          AuditProgress progress =
              new AuditProgress(System.err, Progress.Form.NONE, System::nanoTime)) {
        boolean complete = audit.spread(store, progress, ClusterChores.over(share));

        assertThat(complete).isTrue();
        assertThat(share.nodes()).isEqualTo(2);
      }
      coordinator.goodbye();
      served.join();

      assertThat(store.kept()).hasSizeGreaterThanOrEqualTo(4);
      assertThat(out.resolve("late/cells.jsonl")).content(StandardCharsets.UTF_8)
          .hasLineCount(store.kept().size() + 1);
    } finally {
      workers.forEach(Worker::close);
    }
  }
}
