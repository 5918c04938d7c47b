package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts do what a file of accesses says, when it says so. */
class AccessesTest {
  private static final String HEADER = "time,part,op,addr,len\n";

  private static final String MACHINE =
      """
      include classpath("profiles/two-socket-ats.conf")
      machine.parts = [
        { name = cpu0, type = cpu }
        { name = cpu1, type = cpu }
        { name = iommu0, type = iommu }
        { name = dev0, %s }
        { name = memory0, type = memory }
      ]
      processes = [
        { name = app, %s areas = [ { name = a, at = "0x7f0000000000", pages = 8 } ] } ]
      run.until = 1ms
      """;

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

  private static String machine(String type) {
    String bound = type.startsWith("bypass") ? "" : "devices = [dev0], ";
    String behind = type.startsWith("bypass") ? "" : ", iommu = iommu0";
    return MACHINE.formatted("type = " + type + behind, bound);
  }

  private ScenarioResult run(String text, String rows) throws IOException {
    Files.writeString(folder.resolve("rows.csv"), HEADER + rows);
    String whole = rows.isEmpty() ? text : text + "\naccesses = \"rows.csv\"\n";
    return Scene.run(pool, Scene.load(Scene.write(folder, whole)).get(0).scenario(), 1, true);
  }

  private static List<String> used(ScenarioResult result, String component) {
    return result.trace().stream()
        .filter(line -> line.component().equals(component))
        .filter(line -> line.fact() instanceof MachineFact.Used)
        .map(line -> {
          MachineFact.Used used = (MachineFact.Used) line.fact();
          return line.atPs() + " " + (used.page() - 0x7f0000000L) + (used.write() ? " w" : " r");
        })
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ats-device", "dma-device", "bypass-device"})
  void shouldComeToTheSameAsTheLinesOfTheScenarioWhenTheFileSaysTheSame(String type)
      throws IOException {
    String lines =
        """
        dma = [
          { device = dev0, process = app, area = a, page = 1, access = write, at = 1us,
            every = 500ns, count = 4, size = 100B }
          { device = dev0, process = app, area = a, page = 7, access = read, at = 1700ns }
        ]
        """;
    ScenarioResult written = run(machine(type) + lines, "");

    ScenarioResult read = run(machine(type),
        """
        1us,dev0,write,a+0x1000,100
        1500,dev0,write,a+0x1f00,100
        1.7us,dev0,read,a+0x7000,64
        2us,dev0,write,0x7f0000001000,100
        2500ns,dev0,write,a+4096,100
        """);

    assertThat(Scene.verdict(read)).isEqualTo("clean");
    assertThat(read.outcome().fingerprint()).isEqualTo(written.outcome().fingerprint());
    assertThat(read.trace()).isEqualTo(written.trace()).isNotEmpty();
  }

  @Test
  void shouldStartEachTransferAtItsTimeAndOneForEachPage() throws IOException {
    ScenarioResult result = run(machine("bypass-device"),
        "1us,dev0,write,a+0xff0,8192\n1us,dev0,read,a+0x7000,1\n9.125us,dev0,read,a,1\n");

    assertThat(used(result, "dev0"))
        .containsExactly("1000000 0 w", "1000000 1 w", "1000000 2 w", "1000000 7 r", "9125000 0 r");
  }

  /** The second waits for the first one's tag; the third, due after both, doesn't wait. */
  @Test
  void shouldLetTransfersWaitInOrderWhenThereAreTooFewTags() throws IOException {
    ScenarioResult result = run(machine("bypass-device") + "tune.dev0.outstanding-max = 1\n",
        "1us,dev0,write,a,4096\n1001,dev0,read,a+0x1000,64\n9us,dev0,read,a+0x2000,64\n");

    List<String> used = used(result, "dev0");
    assertThat(used).hasSize(3);
    assertThat(used.get(0)).isEqualTo("1000000 0 w");
    assertThat(Long.parseLong(used.get(1).split(" ")[0])).isBetween(1_001_001L, 8_999_999L);
    assertThat(used.get(2)).isEqualTo("9000000 2 r");
  }

  @Test
  void shouldDoBothWhenADeviceHasLinesInTheScenarioToo() throws IOException {
    ScenarioResult result = run(machine("bypass-device")
        + "dma = [ { device = dev0, process = app, area = a, page = 3, access = read, at = 2us } ]",
        "1us,dev0,read,a,64\n3us,dev0,read,a,64\n");

    assertThat(used(result, "dev0"))
        .containsExactly("1000000 0 r", "2000000 3 r", "3000000 0 r");
  }

  @Test
  void shouldComeToTheSameAsAWorkloadWhenACpuHasLines() throws IOException {
    ScenarioResult written = run(machine("ats-device")
        + """
        workload = [ { cpu = cpu1, process = app, do = [
          "spin-until 1us", "touch a 0 2 write", "touch a 4 1 read"
          "spin-until 3us", "touch a 0 1 read"] } ]
        """, "");

    ScenarioResult read = run(machine("ats-device"),
        "1us,cpu1,write,a+0xff8,16\n1us,cpu1,read,a+0x4000,8\n3us,cpu1,read,a,8\n");

    assertThat(read.outcome().fingerprint()).isEqualTo(written.outcome().fingerprint());
    assertThat(read.trace()).isEqualTo(written.trace()).isNotEmpty();
  }

  /** The second is overdue when the first is over; the process changes in between. */
  @Test
  void shouldTakeUpTheOtherProcessWhenACpuHasLinesOfTwo() throws IOException {
    ScenarioResult result = run(
        machine("ats-device").replace(
            "processes = [", "processes = [ { name = other, areas = [\n"
                + "{ name = b, at = \"0x7f0000000000\", pages = 1 } ] }\n"),
        "1us,cpu1,read,app.0x7f0000000000,8\n1001,cpu1,write,b,8\n5us,cpu1,read,a,8\n");

    List<MachineFact.Used> used = result.trace().stream()
        .filter(line -> line.component().equals("cpu1"))
        .filter(line -> line.fact() instanceof MachineFact.Used)
        .map(line -> (MachineFact.Used) line.fact()).toList();
    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(used).extracting(MachineFact.Used::mm).containsExactly(1, 0, 1);
    assertThat(used).extracting(MachineFact.Used::write).containsExactly(false, true, false);
  }

  @Test
  void shouldComeToTheSameAsItsJobsWhenAGpuHasLines() throws IOException {
    String machine = machine("ats-device").replace(
        "{ name = memory0", "{ name = gpu0, type = hmm-gpu, process = app, area = a%s }\n"
            + "{ name = memory0");
    ScenarioResult written = run(machine.formatted(
        ", jobs = [ { at = 2us, page = 3, access = read }, { at = 5us, page = 3, access = read },"
            + " { at = 5us, page = 4, access = read } ]"), "");

    ScenarioResult read = run(machine.formatted(""),
        "2us,gpu0,read,a+0x3000,64\n5us,gpu0,read,a+0x3fff,2\n");

    assertThat(used(read, "gpu0")).hasSize(3);
    assertThat(read.outcome().fingerprint()).isEqualTo(written.outcome().fingerprint());
  }

  /** 200,000 of them, which come in one event each 10 ns. */
  @Test
  void shouldDoAllWhenTheFileIsLong() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      rows.append(i / 2 * 10).append(",dev0,read,a+").append(i % 8 * 4096).append(",64\n");
    }
    Files.writeString(folder.resolve("rows.csv"), HEADER + rows);
    Scenario scenario = Scene.load(
        Scene.write(folder, machine("bypass-device") + "accesses = \"rows.csv\"\nrun.until = 1s"))
        .get(0).scenario();

    ScenarioResult result = Scene.run(pool, scenario);

    assertThat(scenario.accesses().get("dev0").size()).isEqualTo(200_000);
    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(result.outcome().endPs()).isGreaterThan(999_990_000L);
  }
}
