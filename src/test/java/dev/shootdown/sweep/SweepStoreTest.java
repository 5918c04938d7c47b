package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.Fingerprint;
import dev.shootdown.report.Latencies;
import dev.shootdown.report.ResultProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepStoreTest {
  @TempDir private Path folder;
  private SweepPlan plan;

  @BeforeEach
  void plan() {
    plan = Plans.of(folder, "sweep.axes = [ { path = pages, values = [1, 2] } ]");
  }

  private static RunResult result(int point, int repetition, double value) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("munmap.latency_mean_ps", value);
    Latencies latencies = new Latencies();
    latencies.record((long) value);
    SortedMap<String, byte[]> payloads = new TreeMap<>();
    payloads.put("munmap", latencies.payload());
    return new RunResult(
        new RunResult.RunKey(point, repetition),
        new RunResult.Ending(repetition + 1, "clean", 0, "abc", ""), metrics, payloads, List.of(),
        Epochs.packed(
            new Fingerprint(
                "abc", List.of(new Fingerprint.Epoch(1000 + repetition, "cpu0", "0f")))));
  }

  private static RunResult failed(int point, int repetition) {
    return RunResult.failed(new RunResult.RunKey(point, repetition), 1, "it broke");
  }

  @Test
  void shouldHaveWhatWasKeptWhenOpenedAgain() {
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(1, 0, 20), result(0, 1, 11), result(0, 0, 10)));
    }
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      RunTable table = store.table();

      assertThat(table.size()).isEqualTo(3);
      assertThat(table.key(0)).isEqualTo(new RunResult.RunKey(0, 0));
      assertThat(table.value(1, "munmap.latency_mean_ps")).isEqualTo(11);
      assertThat(table.ending(2).fingerprint()).isEqualTo("abc");
      assertThat(store.runs()).hasSize(3).containsValue(false);
      assertThat(store.description()).containsEntry("id", plan.id()).containsKey("config");
    }
    assertThat(folder.resolve("sweep.sqlite-wal")).doesNotExist();
  }

  @Test
  void shouldKeepTheFirstWhenARunComesTwice() {
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(0, 0, 10)));
      store.add(List.of(result(0, 0, 99), result(0, 1, 11)));

      assertThat(store.table().size()).isEqualTo(2);
      assertThat(store.table().value(0, "munmap.latency_mean_ps")).isEqualTo(10);
    }
  }

  @Test
  void shouldForgetOnlyWhatFailedWhenTold() {
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(0, 0, 10), failed(1, 0), failed(1, 1)));

      assertThat(store.forgetFailed()).isEqualTo(2);
      assertThat(store.runs()).containsOnlyKeys(new RunResult.RunKey(0, 0));
    }
  }

  /** What a killed process leaves is the file and its log; they are copied while it is at work. */
  @Test
  void shouldHaveAllThatEndedAndNothingHalfWhenTheProcessWasKilled() throws Exception {
    Path left = Files.createDirectory(folder.resolve("left"));
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(0, 0, 10)));
      store.add(List.of(result(0, 1, 11)));
      for (String name : List.of("sweep.sqlite", "sweep.sqlite-wal")) {
        Files.copy(folder.resolve(name), left.resolve(name));
      }
      store.add(List.of(result(1, 0, 20)));
    }
    // The last bytes of the log are those of a transaction that never ended.
    Path log = left.resolve("sweep.sqlite-wal");
    byte[] bytes = Files.readAllBytes(log);
    byte[] torn = java.util.Arrays.copyOf(bytes, bytes.length + 5000);
    System.arraycopy(bytes, bytes.length - 5000, torn, bytes.length, 5000);
    Files.write(log, torn);

    try (SweepStore store = SweepStore.read(left)) {
      assertThat(store.runs()).hasSize(2);
    }
    try (SweepStore store = SweepStore.open(left, plan, "1.0")) {
      assertThat(store.runs())
          .containsOnlyKeys(new RunResult.RunKey(0, 0), new RunResult.RunKey(0, 1));
      assertThat(store.table().value(1, "munmap.latency_mean_ps")).isEqualTo(11);
      store.add(List.of(result(1, 0, 20)));
    }
    assertThat(left.resolve("sweep.sqlite-wal")).doesNotExist();
    assertThat(left.resolve("sweep.sqlite-shm")).doesNotExist();
  }

  @Test
  void shouldBeginAnewWhenItWasKilledBeforeTheTablesWereThere() throws IOException {
    Files.createFile(folder.resolve("sweep.sqlite"));

    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      assertThat(store.runs()).isEmpty();
      assertThat(store.description()).containsEntry("id", plan.id());
    }
  }

  @Test
  void shouldRefuseWhenAnotherHasItOpen() {
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(0, 0, 10)));

      assertThatThrownBy(() -> SweepStore.open(folder, plan, "1.0"))
          .isInstanceOf(ResultProblem.class).hasMessageContaining("is in use by another process");
      assertThatThrownBy(() -> SweepStore.read(folder)).isInstanceOf(ResultProblem.class);
      store.add(List.of(result(0, 1, 10)));
      assertThat(store.runs()).hasSize(2);
    }
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("sweep.sqlite"));
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private void made() {
    SweepStore.open(folder, plan, "1.0").close();
  }

  @Test
  void shouldRefuseWhenItIsOfAnotherVersion() throws SQLException {
    made();
    change("PRAGMA user_version=7");

    assertThatThrownBy(() -> SweepStore.open(folder, plan, "1.0"))
        .isInstanceOf(ResultProblem.class)
        .hasMessageContaining("was written by another version (store schema 7, this is 3)");
  }

  @Test
  void shouldRefuseWhenItIsSomebodyElses() throws SQLException {
    change("CREATE TABLE addresses (name TEXT)");

    assertThatThrownBy(() -> SweepStore.open(folder, plan, "1.0"))
        .isInstanceOf(ResultProblem.class)
        .hasMessageContaining("is not the store of a sweep");
  }

  @Test
  void shouldRefuseAndChangeNothingWhenItIsOfAnotherSweep() {
    made();
    SweepPlan other = Plans.of(folder, "sweep.axes = [ { path = pages, values = [1, 3] } ]");

    assertThatThrownBy(() -> SweepStore.open(folder, other, "1.0"))
        .isInstanceOf(ResultProblem.class)
        .hasMessageContaining("holds another sweep (" + plan.id());
    SweepStore.open(folder, plan, "1.0").close();
  }

  @Test
  void shouldRefuseWhenItIsDamaged() throws IOException {
    made();
    Path file = folder.resolve("sweep.sqlite");
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, 4096, 4096 + 200, (byte) 'x');
    Files.write(file, bytes);
    assertThatThrownBy(() -> SweepStore.open(folder, plan, "1.0"))
        .isInstanceOf(ResultProblem.class)
        .hasMessageContaining("is damaged");

    Files.writeString(file, "this has never been a database, whatever its name may say ".repeat(9));
    assertThatThrownBy(() -> SweepStore.open(folder, plan, "1.0"))
        .isInstanceOf(ResultProblem.class)
        .hasMessageContaining("is damaged");
  }

  @Test
  void shouldRefuseWhenItCannotBeWritten() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> SweepStore.open(file, plan, "1.0"))
        .isInstanceOf(ResultProblem.class)
        .hasMessageContaining("cannot be written").hasMessageContaining("--out");
  }

  /** A limit on the file's pages is what SQLite meets on a full disk: the same error, mid-way. */
  @Test
  void shouldKeepWhatHadEndedAndSaySoWhenTheDiskIsFull() {
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(0, 0, 10)));
      store.limitPages(40);
      List<RunResult> many = new java.util.ArrayList<>();
      for (int repetition = 1; repetition < 3000; repetition++) {
        many.add(result(1, repetition, repetition));
      }

      assertThatThrownBy(() -> store.add(many)).isInstanceOf(ResultProblem.class)
          .hasMessageContaining("the disk is full; what had ended is kept")
          .hasMessageContaining("--resume");
      assertThat(store.runs()).containsOnlyKeys(new RunResult.RunKey(0, 0));
    }
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(1, 1, 11)));
      assertThat(store.runs()).hasSize(2);
      assertThat(store.table().value(1, "munmap.latency_mean_ps")).isEqualTo(11);
    }
  }

  @Test
  void shouldTakeInWhatIsMissingWhenAShardIsThere() throws IOException {
    Path shard = Files.createDirectory(folder.resolve("shard"));
    try (SweepStore store = SweepStore.open(shard, plan, "0.9")) {
      SortedMap<String, Double> metrics = new TreeMap<>();
      metrics.put("another", 5.0);
      RunResult with = result(0, 1, 0);
      store.add(
          List.of(
              new RunResult(
                  with.key(), with.ending(), metrics, with.latencies(), List.of(), with.epochs()),
              result(0, 0, 77), result(1, 0, 20), failed(1, 1)));
    }
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(List.of(result(0, 0, 10)));
      store.takeIn(shard);
      store.takeIn(shard);
      RunTable table = store.table();

      assertThat(table.size()).isEqualTo(3);
      assertThat(table.value(0, "munmap.latency_mean_ps")).isEqualTo(10);
      assertThat(table.value(1, "another")).isEqualTo(5);
      assertThat(table.value(2, "munmap.latency_mean_ps")).isEqualTo(20);
      assertThat(store.epochs(new RunResult.RunKey(0, 1)))
          .containsExactly(new Epochs.Kept(-1, 1001, "cpu0", "0f"));
      assertThat(store.versions()).isEqualTo(new TreeMap<>(Map.of("0.9", 2, "1.0", 1)));
      assertThat(store.version(new RunResult.RunKey(1, 0))).isEqualTo("0.9");
      assertThat(store.epochs(new RunResult.RunKey(1, 1))).isEmpty();
      store.add(List.of(result(1, 1, 21)));
      assertThat(store.table().value(3, "munmap.latency_mean_ps")).isEqualTo(21);
    }
  }
}
