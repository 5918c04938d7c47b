package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machines that ship as profiles: included, given work, and run. */
class TopologiesTest {
  private static final String PAGE =
      "areas = [ { name = a, at = \"0x7f0000000000\", pages = 1 } ] } ]\n";
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

  private ScenarioResult run(String profile, String work) {
    String text = "include classpath(\"profiles/topology-" + profile + ".conf\")\n" + work;
    Scenario scenario = Scene.load(Scene.write(folder, text)).get(0).scenario();
    ScenarioResult result = Scene.run(pool, scenario, 1, true);
    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(result.judgement().unfinished()).isEmpty();
    assertThat(result.judgement().gaps()).isEmpty();
    return result;
  }

  private static String touchThenUnmap(int cpus) {
    List<String> others =
        IntStream.range(1, cpus)
            .mapToObj(i -> "{ cpu = cpu" + i + ", process = app, do = [\"touch a read\"] }")
            .toList();
    return "workload = [ { cpu = cpu0, process = app,"
        + " do = [\"touch a write\", \"spin-until 30us\", \"munmap a\"] }\n"
        + String.join("\n", others) + " ]\n";
  }

  private static long count(ScenarioResult result, String part, Class<?> fact) {
    return result.trace().stream()
        .filter(line -> line.component().equals(part) && fact.isInstance(line.fact())).count();
  }

  @Test
  void shouldUnmapOnBothSocketsOfTopologyA() {
    ScenarioResult result =
        run(
            "a",
            "processes = [ { name = app, devices = [nvme0, gpu0], " + PAGE + touchThenUnmap(16)
                + "dma = [\n"
                + "{ device = nvme0, process = app, area = a, access = write, at = 9us,"
                + " size = 4KiB }\n"
                + "{ device = gpu0, process = app, area = a, access = read, at = 9us } ]\n");

    assertThat(count(result, "iommu0", MachineFact.Used.class)).as("for nvme0").isEqualTo(1);
    assertThat(count(result, "gpu0", MachineFact.InvalidationTaken.class)).isEqualTo(1);
  }

  /** Nobody is interrupted; and a stalled fault is the accelerator's way to a page. */
  @Test
  void shouldUnmapByBroadcastOnTopologyB() {
    ScenarioResult result =
        run(
            "b",
            "processes = [ { name = app, devices = [nic0, accel0, nic1],\n"
                + "areas = [ { name = a, at = \"0x7f0000000000\", pages = 1 }\n"
                + "{ name = absent, at = \"0x7f0000400000\", pages = 1, mapped = false } ] } ]\n"
                + touchThenUnmap(120).replaceFirst(
                    "workload = \\[", "workload = [ { cpu = cpu127, serves = page-requests },")
                + "dma = [\n"
                + "{ device = accel0, process = app, area = absent, access = write, at = 1us }\n"
                + "{ device = nic0, process = app, area = a, access = read, at = 9us }\n"
                + "{ device = nic1, process = app, area = a, access = read, at = 9us } ]\n");

    assertThat(result.trace()).extracting(TraceLine::fact)
        .noneMatch(MachineFact.Stolen.class::isInstance);
    assertThat(count(result, "smmu1", MachineFact.FaultResolved.class)).isEqualTo(1);
  }

  @Test
  void shouldRunGuestAndDevicesOnTopologyC() {
    ScenarioResult result =
        run(
            "c",
            "tune.vcpu0.do = [\"touch 0x100 write\"]\n"
                + "tune.vcpu3.do = [\"touch 0x2ff 1 read\"]\n"
                + "viommu-work = [ { guest = guest0, do = [ \"map 0x1000 1\","
                + " \"dma vfio0 0x1000 write\", \"dma vhost0 0x1000 write\", \"await-dma\","
                + " \"unmap 0x1000 1\" ] } ]\n"
                + "workload = [ { cpu = cpu0, process = qemu,"
                + " do = [\"spin-until 60us\", \"dontneed ram 0 8\"] } ]\n");

    for (String part : List.of("vcpu0", "vcpu3")) {
      assertThat(count(result, part, MachineFact.Used.class)).as(part).isPositive();
    }
    assertThat(count(result, "kvm0", MachineFact.SubscriberStarted.class)).isEqualTo(1);
  }

  /** Both sides take a page away from the GPU: the host and the guest. */
  @Test
  void shouldWalkInTwoStagesOnTopologyC() {
    ScenarioResult result =
        run(
            "c-nested",
            "tune.vcpu0.do = [\"touch 0x100 write\"]\n"
                + "tune.guest0.do = [\"map 0x1000 2\", \"spin-until 90us\", \"unmap 0x1000 1\"]\n"
                + "tune.gpu0.dma = [ { iova = \"0x1000\", access = write, at = 9us,"
                + " every = 1us, count = 60 } ]\n"
                + "workload = [ { cpu = cpu0, process = qemu,"
                + " do = [\"spin-until 40us\", \"dontneed ram 256 8\","
                + " \"populate ram 256 8\"] } ]\n");

    assertThat(count(result, "gpu0", MachineFact.Used.class)).isEqualTo(60);
    assertThat(count(result, "gpu0", MachineFact.InvalidationTaken.class)).isEqualTo(2);
    assertThat(count(result, "iommu0", MachineFact.StagesJoined.class)).isEqualTo(2);
  }

  @Test
  void shouldShootDownOnTopologyD() {
    String jobs =
        "tune.capi0 { invalidation = %s, contexts = [ { process = app, area = buffer, jobs = [\n"
            + "{ at = 1us, page = 0, access = write, count = 50, every = 1us } ] } ] }\n"
            + "workload = [ { cpu = cpu0, process = app,"
            + " do = [\"spin-until 30us\", \"munmap buffer\"] } ]\n";

    for (String how : List.of("atsd", "snooped")) {
      ScenarioResult result = run("d", jobs.formatted(how));

      assertThat(count(result, "capi0", MachineFact.Used.class)).as(how).isPositive();
      assertThat(count(result, "capi0", MachineFact.Dropped.class)).as(how).isPositive();
    }
  }
}
