package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.interconnect.WireSpec;
import dev.shootdown.scenario.Links.End;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Switches between devices and IOMMUs, tiles on a die, sockets on a board. */
class BoardTest {
  private static final String PARTS =
      """
      { name = cpu0, type = cpu }, { name = cpu1, type = cpu }
      { name = iommu0, type = iommu }, { name = iommu1, type = iommu }
      { name = upper, type = pcie-switch, iommu = iommu0 }
      { name = lower, type = pcie-switch, switch = upper }
      { name = disk0, type = bypass-device, switch = lower }
      { name = nic0, type = ats-device, switch = lower }
      { name = nic1, type = dma-device, switch = upper }
      { name = memory0, type = memory }
      """;
  private static final String WORK =
      """
      processes = [
        { name = app, devices = [nic0, nic1],
          areas = [ { name = a, at = "0x7f0000000000", pages = 4 } ] } ]
      workload = [
        { cpu = cpu0, process = app, do = ["touch a write", "spin-until 20us", "munmap a"] } ]
      dma = [
        { device = disk0, process = app, area = a, access = read, at = 2us, size = 4KiB }
        { device = nic0, process = app, area = a, access = read, at = 5us, every = 1us, count = 40 }
        { device = nic1, process = app, area = a, page = 1, access = write, at = 5us, count = 3,
          every = 1us } ]
      """;
  private static final String BOARD = "machine.parts = [\n" + PARTS + "]\n" + WORK;
  private static SystemPool pool;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private Scenario scenario(String text) {
    return Scene.load(Scene.write(folder, text)).get(0).scenario();
  }

  private List<String> wrong(String text) {
    return Scene.problems(folder, text).stream().map(Problem::line).toList();
  }

  private static String parts(String more) {
    return "machine.parts = [\n" + PARTS + more + "\n]\n" + WORK;
  }

  private static long statedPs(
      ScenarioResult result, String part, Predicate<? super MachineFact> which) {
    return result.trace().stream()
        .filter(line -> line.component().equals(part) && which.test(line.fact()))
        .findFirst().orElseThrow().atPs();
  }

  private static long flushedPs(ScenarioResult result) {
    return statedPs(
        result, "cpu0",
        fact -> fact instanceof MachineFact.FlushEnded ended
            && ended.audience() == MachineFact.Audience.SECONDARY);
  }

  @Test
  void shouldReachEveryDeviceWhenOneSwitchIsBehindAnother() {
    ScenarioResult result = Scene.run(pool, scenario(BOARD), 1, true);

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(result.judgement().unfinished()).isEmpty();
    assertThat(result.judgement().gaps()).isEmpty();
    for (String device : List.of("disk0", "nic0")) {
      assertThat(result.trace())
          .filteredOn(line -> line.component().equals(device))
          .extracting(TraceLine::fact).as(device)
          .anyMatch(MachineFact.Used.class::isInstance)
          .anyMatch(MachineFact.Drained.class::isInstance);
    }
    assertThat(result.trace())
        .filteredOn(line -> line.component().equals("iommu0"))
        .extracting(TraceLine::fact).as("what nic1 leaves to its IOMMU")
        .anyMatch(MachineFact.Used.class::isInstance);
    assertThat(result.trace())
        .filteredOn(line -> line.component().equals("upper"))
        .extracting(TraceLine::fact).as("goes through both")
        .anyMatch(MachineFact.Occupied.class::isInstance);
  }

  /** Each way a switch takes 105 ns, its port 10 ns, and pushing some 30 B out 1 ns each time. */
  @Test
  void shouldCostTheSwitchTwiceWhenAnInvalidationGoesThroughIt() {
    String straight = BOARD.replace("ats-device, switch = lower", "ats-device, iommu = iommu0");
    String one = BOARD.replace("ats-device, switch = lower", "ats-device, switch = upper");

    long straightPs = answeredPs(straight);
    long onePs = answeredPs(one);
    long twoPs = answeredPs(BOARD);

    assertThat(onePs - straightPs).isBetween(2 * 115_000L, 2 * 120_000L);
    assertThat(twoPs - onePs).isBetween(2 * 115_000L, 2 * 120_000L);
  }

  /** From the IOMMU's request to the status word of a device with nothing to drain. */
  private long answeredPs(String text) {
    String idle = text.replaceAll("(?m)^.*device = nic1.*\\n.*\\n?", "]\n")
        .replace("at = 5us, every = 1us, count = 40", "at = 5us");
    ScenarioResult result = Scene.run(pool, scenario(idle), 1, true);
    assertThat(Scene.verdict(result)).isEqualTo("clean");
    return flushedPs(result)
        - statedPs(result, "iommu0", MachineFact.InvalidationSent.class::isInstance);
  }

  @Test
  void shouldLeaveTheSameFingerprintWhenTwoThreadsShareTheSwitch() {
    Scenario scenario = scenario(BOARD);

    ScenarioResult one = Scene.run(pool, scenario, 1, false);
    ScenarioResult two = Scene.run(pool, scenario, 2, true);

    assertThat(two.outcome().fingerprint().total())
        .isEqualTo(one.outcome().fingerprint().total());
  }

  @Test
  void shouldStrikeTheWireWhenItLeadsToASwitch() {
    String late = "trouble = [ { wire = \"upper -> lower\", message = InvalidateRequest,"
        + " delay = 7us } ]\n";

    ScenarioResult result = Scene.run(pool, scenario(BOARD + late), 1, true);

    assertThat(result.trace()).extracting(TraceLine::component, TraceLine::fact)
        .anyMatch(line -> line.toList().get(0).equals("upper")
            && line.toList().get(1) instanceof MachineFact.TroubleStruck);
  }

  @Test
  void shouldStandStillWhenTheSwitchDoes() {
    String stall = "trouble = [ { part = upper, action = stall, from = 19us, until = 60us } ]\n";

    ScenarioResult result = Scene.run(pool, scenario(BOARD + stall), 1, true);

    assertThat(flushedPs(result)).isGreaterThan(60_000_000L);
  }

  @Test
  void shouldRefuseAWireThatTheSwitchIsInTheWayOf() {
    String wire = "machine.wires = [ { from = iommu0, to = nic0, kind = pcie } ]\n";

    assertThat(wrong(BOARD + wire)).hasSize(1).first().asString()
        .contains("no wire leads from 'iommu0' to 'nic0'");
    assertThat(wrong(BOARD + wire.replace("from = iommu0", "from = lower")
        .replace("kind = pcie", "kind = pcie-port"))).isEmpty();
  }

  @Test
  void shouldRefuseASwitchThatIsNotThereOrLeadsElsewhere() {
    assertThat(wrong(parts("{ name = n2, type = ats-device, switch = uper }"))).hasSize(1)
        .first().asString().startsWith("bad.conf:10: machine.parts[10].switch")
        .contains("there is no pcie-switch 'uper' before this part; did you mean 'upper'?");
    assertThat(wrong(parts("{ name = n2, type = ats-device, switch = upper, iommu = iommu1 }")))
        .hasSize(1).first().asString().startsWith("bad.conf:10: machine.parts[10].iommu")
        .contains("the switch 'upper' leads to 'iommu0'");
    String other = "{ name = s2, type = pcie-switch, iommu = iommu1, ";
    assertThat(wrong(parts(other + "arbitration = fair }"))).hasSize(1)
        .first().asString().startsWith("bad.conf:10: ")
        .contains("must be one of round-robin, arrival");
    assertThat(wrong(parts(other + "bandwidth = 0B/s }"))).hasSize(1)
        .first().asString().startsWith("bad.conf:10: ").contains("bandwidth");
  }

  private static final String DIE =
      """
      machine.parts = [
        { name = cpu0, type = cpu, tile = 0 }
        { name = cpu1, type = cpu, tile = 11 }
        { name = cpu2, type = cpu, socket = 5 }
      ]
      processes = [ { name = app, areas = [] } ]
      machine.mesh { columns = 4, hop = 3ns }
      machine.sockets { columns = 2, hop = 70ns }
      """;

  @Test
  void shouldMakeWiresLongerByHopsThatAreMoreThanOne() {
    Board board = scenario(DIE).machine().board();
    WireSpec near = WireSpec.fifo(10_000);
    End one = new End("cpu0", 0);

    assertThat(board.between(near, one, new End("cpu1", 0), 60_000).latency().minPs())
        .as("three columns and two rows away").isEqualTo(10_000 + 4 * 3_000);
    assertThat(board.between(near, one, new End("app.mm", 0), 60_000))
        .as("what has no tile").isEqualTo(near);
    assertThat(board.between(near, one, new End("cpu2", 5), 60_000).latency().minPs())
        .as("a column and two rows of sockets away").isEqualTo(10_000 + 60_000 + 2 * 70_000);
    assertThat(board.between(near, one, new End("x", 1), 60_000).latency().minPs())
        .isEqualTo(70_000);
  }

  @Test
  void shouldRefuseAMeshThatWouldChangeNothing() {
    assertThat(wrong(DIE.replaceAll("machine.mesh.*\n", ""))).hasSize(2)
        .first().asString().startsWith("bad.conf:2: machine.parts[0].tile")
        .contains("has a meaning only with machine.mesh");
    assertThat(wrong(DIE.replace(", tile = 11", ""))).hasSize(1)
        .first().asString().startsWith("bad.conf:7: machine.mesh")
        .contains("no two parts of a socket have a tile");
    assertThat(wrong(DIE.replace("socket = 5", "socket = 1"))).hasSize(1)
        .first().asString().startsWith("bad.conf:8: machine.sockets")
        .contains("no two sockets are farther from each other than one hop");
    assertThat(wrong(DIE.replace("hop = 3ns", "hop = 0ns"))).hasSize(1)
        .first().asString().startsWith("bad.conf:7: machine.mesh.hop");
  }
}
