package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A part that is stalled or slowed is so, or the file is refused. */
class PartTroubleTest {
  private static final String WORK =
      """
      workload = [
        { cpu = cpu0, process = app, do = ["touch a write", "spin-until 50us", "munmap a"] }
        { cpu = cpu1, process = app,
          do = ["touch a read", "spin 30us", "spin 30us", "munmap f"] } ]
      dma = [
        { device = nic0, process = app, area = a, access = read, at = 5us, every = 1us,
          count = 90 } ]
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

  private ScenarioResult run(String more) {
    Path file = Scene.write(folder, Scene.BASE + WORK + more);
    return Scene.run(pool, Scene.load(file).get(0).scenario(), 1, true);
  }

  private List<String> wrong(String more) {
    return Scene.problems(folder, Scene.BASE + more).stream().map(Problem::line).toList();
  }

  private static long endedPs(ScenarioResult result, String cpu) {
    return result.trace().stream()
        .filter(line -> line.component().equals(cpu))
        .filter(line -> line.fact() instanceof MachineFact.OperationEnded)
        .mapToLong(TraceLine::atPs).max().orElseThrow();
  }

  /** The interrupt of the unmapping comes when the CPU should long have been done with its step. */
  @ParameterizedTest
  @ValueSource(strings = {
    "action = slow, factor = 5, from = 0us, until = 400us",
    "action = stall, from = 10us, until = 100us"})
  void shouldFinishItsWorkWhenATroubledCpuIsInterrupted(String how) {
    ScenarioResult plain = run("");
    ScenarioResult troubled = run("trouble = [ { part = cpu1, " + how + " } ]\n");

    assertThat(troubled.outcome().complete()).isTrue();
    assertThat(troubled.judgement().gaps()).isEmpty();
    assertThat(endedPs(troubled, "cpu1")).isGreaterThan(endedPs(plain, "cpu1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu0", "cpu1", "iommu0", "nic0", "memory0"})
  void shouldTakeLongerWhenAPartIsStalledWhileTheOperationNeedsIt(String part) {
    long plainPs = endedPs(run(""), "cpu0");
    ScenarioResult stalled =
        run("trouble = [ { part = " + part + ", action = stall, from = 49us, until = 70us } ]\n");

    assertThat(endedPs(stalled, "cpu0")).as(part).isGreaterThan(plainPs);
    assertThat(stalled.judgement().gaps()).isEmpty();
  }

  @Test
  void shouldRefuseTroubleInAPartThatKeepsATimeOfItsOwn() {
    String guest =
        """
        machine.parts = [
          { name = cpu0, type = cpu }
          { name = kvm0, type = kvm, process = app, slots = [ { at = "0x100000", area = a } ] }
        ]
        processes = [
          { name = app, areas = [ { name = a, at = "0x7f0000000000", pages = 4 } ] } ]
        trouble = [ { part = kvm0, action = stall, from = 1us, until = 2us } ]
        """;

    List<Problem> problems = Scene.problems(folder, guest);

    assertThat(problems).extracting(Problem::line).hasSize(1).first().asString()
        .startsWith("bad.conf:7: trouble[0].part")
        .contains("'kvm0' can be neither stalled nor slowed", "type kvm");
  }

  @Test
  void shouldRefuseMoreAddressSpacesThanADeviceHasPasids() {
    String second =
        """
        processes = ${processes} [ { name = two, devices = [nic0], areas = [] } ]
        """;

    assertThat(wrong(second + "tune.nic0.pasid-bits = 0\n")).hasSize(1).first().asString()
        .startsWith("bad.conf:9: processes[1].devices")
        .contains("'nic0': the device has no PASIDs (pasid-bits = 0)");
    assertThat(wrong(second + "tune.nic0.pasid-bits = 1\n")).isEmpty();
    assertThat(wrong("tune.nic0.pasid-bits = 0\n")).isEmpty();
  }
}
