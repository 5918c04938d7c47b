package dev.shootdown.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.report.ResultProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellStoreTest {
  @TempDir private Path directory;

  private final AuditSpec spec = Small.shipped().withBudget(3);

  private static CellResult result(String row) {
    return new CellResult(
        new CellName(row, "B", "vtd-ats"), CellResult.State.UNSAFE, "why \"it\" is",
        new CellResult.Tried(7, 3, 3, true, 7),
        Optional.of(new CellResult.Shown(7, "late", "stale-use", "line one\nline two\n")),
        new Cost(
            7, 14, new Cost.Latency(14, 1, 2), new Cost.Width(3, 4, 5), new Cost.Held(6, 7, 8)));
  }

  private Path file() {
    return directory.resolve("cells.jsonl");
  }

  @Test
  void shouldHaveEveryCellWhenItIsOpenedAgain() {
    try (CellStore store = CellStore.open(directory, spec)) {
      store.keep(result("b"));
      store.keep(result("a"));
    }

    try (CellStore again = CellStore.open(directory, spec)) {
      assertThat(again.kept().values()).containsExactly(result("a"), result("b"));
    }
  }

  @Test
  void shouldLoseOnlyTheLineThatWasBeingWrittenWhenItWasKilled() throws IOException {
    try (CellStore store = CellStore.open(directory, spec)) {
      store.keep(result("a"));
      store.keep(result("b"));
    }
    String text = Files.readString(file());

    for (int cut = 1; cut < 40; cut += 13) {
      Files.writeString(file(), text.substring(0, text.length() - cut));
      try (CellStore again = CellStore.open(directory, spec)) {
        assertThat(again.kept()).containsOnlyKeys("a/B/vtd-ats");
        again.keep(result("b"));
      }
      assertThat(Files.readString(file())).isEqualTo(text);
    }
  }

  @Test
  void shouldBeTheSameFileWhateverTheOrderWhenItIsSorted() throws IOException {
    try (CellStore store = CellStore.open(directory, spec)) {
      store.keep(result("b"));
      store.keep(result("a"));
      store.sort();
    }
    String sorted = Files.readString(file());
    Files.delete(file());
    try (CellStore store = CellStore.open(directory, spec)) {
      store.keep(result("a"));
      store.keep(result("b"));
      store.sort();
    }

    assertThat(Files.readString(file())).isEqualTo(sorted);
  }

  @Test
  void shouldRefuseWithTheLineWhenALineInTheMiddleIsDamaged() throws IOException {
    try (CellStore store = CellStore.open(directory, spec)) {
      store.keep(result("a"));
      store.keep(result("b"));
    }
    List<String> lines = Files.readAllLines(file());
    lines.set(1, lines.get(1).replace("why", "who"));
    Files.write(file(), lines);

    assertThatThrownBy(() -> CellStore.open(directory, spec))
        .isInstanceOf(ResultProblem.class).hasMessageContaining("cells.jsonl:2: the line is");
  }

  @Test
  void shouldRefuseWhenTheBudgetIsAnotherOrSomebodyWrites() {
    try (CellStore store = CellStore.open(directory, spec)) {
      store.keep(result("a"));
      assertThatThrownBy(() -> CellStore.open(directory, spec))
          .isInstanceOf(ResultProblem.class).hasMessageContaining("in use by another audit");
    }

    assertThatThrownBy(() -> CellStore.open(directory, spec.withBudget(4)))
        .isInstanceOf(ResultProblem.class).hasMessageContaining("of another budget");
  }

  @Test
  void shouldAppendWhenAnotherProcessWroteNothing() throws IOException {
    Files.writeString(file(), "", StandardOpenOption.CREATE);
    try (CellStore store = CellStore.open(directory, spec)) {
      assertThat(store.kept()).isEmpty();
    }
    assertThat(Files.readString(file())).contains("\"budget\":3");
  }
}
