package dev.shootdown.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.sweep.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cells that are judged elsewhere. */
class SpreadAuditTest {
  private final AuditSpec spec = Small.shipped().withBudget(4);

  /** Does all works in another order, through nothing but bytes. */
  private static final class Elsewhere implements Spread {
    private final List<String> asked = new ArrayList<>();

    @Override
    public int places() {
      return 2;
    }

    @Override
    public void run(
        List<? extends Supplier<byte[]>> works, BooleanSupplier stopped, Taker taker) {
      List<Supplier<byte[]>> order = new ArrayList<>(works);
      Collections.reverse(order);
      try (SpreadCells cells = new SpreadCells()) {
        for (Supplier<byte[]> work : order) {
          if (!stopped.getAsBoolean()) {
            byte[] bytes = work.get();
            asked.add(PortableCell.of(bytes).name().text());
            taker.take(List.of(cells.done(bytes)));
          }
        }
      }
    }
  }

  private static TreeMap<String, String> lines(Small.Memory memory) {
    TreeMap<String, String> lines = new TreeMap<>();
    memory.kept().forEach((name, result) -> lines.put(name, CellText.line(result)));
    return lines;
  }

  private static void alike(Small.Memory spread, Small.Memory here) {
    assertThat(lines(spread)).isEqualTo(lines(here)).isNotEmpty();
  }

  @Test
  void shouldKeepTheSameWhenCellsAreJudgedElsewhere() {
    Selection some =
        Small.sites(
            List.of("=mremap", "=munmap", "=huge-copy"), List.of("vtd-ats", "smmu-ats", "kvm"),
            List.of("B", "C:x86", "C:arm64"));
    Small.Memory here = new Small.Memory();
    Small.audit(spec, some).run(here, new Small.NoWatch(), 1);
    Small.Memory spread = new Small.Memory();
    Elsewhere elsewhere = new Elsewhere();
    boolean complete = Small.audit(spec, some).spread(spread, new Small.NoWatch(), elsewhere);

    assertThat(complete).isTrue();
    alike(spread, here);
    assertThat(elsewhere.asked).doesNotHaveDuplicates()
        .contains("mremap/B/vtd-ats").doesNotContain("huge-copy/C:arm64/smmu-ats");
    assertThat(spread.kept().get("mremap/B/vtd-ats").shown().orElseThrow().witness())
        .contains("./shootdown audit --explain mremap/B/vtd-ats");
  }

  @Test
  void shouldAskForNothingThatIsThereWhenItGoesOn() {
    Selection some = Small.sites(List.of("=munmap"), List.of("vtd-ats", "pinned"), List.of("B"));
    Small.Memory memory = new Small.Memory();
    Elsewhere elsewhere = new Elsewhere();
    Small.audit(spec, some).spread(memory, new Small.NoWatch(), elsewhere);
    memory.results.remove("munmap/B/pinned");
    elsewhere.asked.clear();
    Small.audit(spec, some).spread(memory, new Small.NoWatch(), elsewhere);

    assertThat(elsewhere.asked).containsExactly("munmap/B/pinned");
    assertThat(memory.kept()).hasSize(2);
  }

  @Test
  void shouldKeepNothingWhenItIsStopped() {
    Selection one = Small.sites(List.of("=munmap"), List.of("vtd-ats"), List.of("B"));
    StopFlag stop = new StopFlag();
    Small.Memory memory = new Small.Memory();
    stop.raise();

    boolean complete =
        new Audit(spec, one.of(spec), Small.HERE, stop, "again")
            .spread(memory, new Small.NoWatch(), new Elsewhere());

    assertThat(complete).isFalse();
    assertThat(memory.kept()).isEmpty();
  }

  /** Only where the file is can it be said which line of it was refused. */
  @Test
  void shouldNameTheFileWhenACellIsRefusedElsewhere(@TempDir Path dir) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("mine.conf"),
            """
            audit.columns.broken { era = C, policy = era, overlay {
              workload = [ { cpu = cpu99, process = app, do = ["touch a 0 write"] } ] } }
            """);
    AuditSpec mine = Small.of(file).withBudget(1);
    Selection one = Small.sites(List.of("=munmap"), List.of("vtd-ats"), List.of("broken"));
    Small.Memory here = new Small.Memory();
    new Audit(mine, one.of(mine), dir, new StopFlag(), "again")
        .run(here, new Small.NoWatch(), 1);
    Small.Memory spread = new Small.Memory();
    new Audit(mine, one.of(mine), dir, new StopFlag(), "again")
        .spread(spread, new Small.NoWatch(), new Elsewhere());

    assertThat(spread.kept().get("munmap/broken/vtd-ats").why())
        .startsWith("refused: mine.conf:2: ").contains("cpu99");
    alike(spread, here);
  }

  @Test
  void shouldReadWhatItWroteWhenACellTravels() {
    PortableCell cell =
        new PortableCell(
            new CellName("a row", "C:x86", "vtd-ats"), "munmap", "./shootdown \"again\"\n",
            spec.schedules(), List.of("a.b=\"c = 1\"", "d=[1,2]", "e={ \"f\" : \"\u00fc\" }"));

    assertThat(PortableCell.of(cell.toBytes())).isEqualTo(cell);
    assertThat(cell.schedules().late()).isNotEmpty();
    assertThat(cell.schedules().draws()).isNotEmpty();
  }

  @Test
  void shouldGiveNoResultWhenItIsClosedMeanwhile() {
    PortableCell cell =
        new PortableCell(
            new CellName("munmap", "B", "vtd-ats"), "munmap", "again", spec.schedules(),
            List.of("processes=[{name=app}]"));
    SpreadCells cells = new SpreadCells();
    cells.close();

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> cells.done(cell.toBytes()));
    assertThat(SpreadCells.result("00000000 {}".getBytes())).isEqualTo(Optional.empty());
  }
}
