package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Finding;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of each message between a device, its IOMMU and memory that never arrives. */
class LostMessagesTest {
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

  private ScenarioResult run(String area, String cpu0, String trouble) {
    String text = """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, devices = [nic0],
          areas = [ { name = a, at = "0x1000", pages = 1%s } ] } ]
        tune.nic0.page-requests { capacity = 32, allocation = 32 }
        workload = [ { cpu = cpu0, process = app, do = [%s] }
          { cpu = cpu3, serves = page-requests } ]
        dma = [ { device = nic0, process = app, area = a, access = write, at = 5us,
          every = 1us, count = 3 } ]
        %s
        """.formatted(area, cpu0, trouble);
    return Scene.run(pool, Scene.load(Scene.write(folder, text)).get(0).scenario());
  }

  private static String drop(String wire, String message) {
    return "trouble = [ { wire = \"" + wire + "\", message = " + message
        + ", nth = 1, action = drop } ]";
  }

  @ParameterizedTest
  @CsvSource({
      "nic0 -> iommu0, TranslationRequest, 3 accesses of nic0 will not end",
      "iommu0 -> nic0, TranslationCompletion, 3 accesses of nic0 will not end",
      "nic0 -> memory0, Transfer, transfer 0 of nic0 will not end",
      "memory0 -> nic0, Transferred, transfer 0 of nic0 will not end"})
  void shouldFindNoProgressWhenAnAccessOfADeviceIsNeverAnswered(
      String wire, String message, String what) {
    ScenarioResult result = run("", "\"spin 40us\"", drop(wire, message));

    assertThat(Scene.verdict(result)).isEqualTo("no-progress");
    assertThat(result.judgement().findings()).singleElement().satisfies(
        finding -> {
          assertThat(finding.summary()).isEqualTo("nothing is left to happen, and " + what);
          assertThat(finding.witness("again").orElseThrow())
              .contains("trouble: drop " + message, "mm 0, address 0x1000");
        });
  }

  @ParameterizedTest
  @CsvSource({
      "dma0 -> iommu0, UntranslatedDma, an access of dma0 will not end",
      "iommu0 -> dma0, UntranslatedDone, an access of dma0 will not end",
      "iommu0 -> memory0, Transfer, transfer 0 of iommu0 will not end",
      "memory0 -> iommu0, Transferred, transfer 0 of iommu0 will not end"})
  void shouldFindNoProgressWhenUntranslatedDmaIsNeverAnswered(
      String wire, String message, String what) {
    ScenarioResult result = runUntranslated(drop(wire, message));

    assertThat(Scene.verdict(result)).isEqualTo("no-progress");
    assertThat(result.judgement().findings()).singleElement().satisfies(
        finding -> {
          assertThat(finding.summary()).isEqualTo("nothing is left to happen, and " + what);
          assertThat(finding.witness("again").orElseThrow())
              .contains("trouble: drop " + message, "mm 0, address 0x1000");
        });
  }

  /** One transfer of a device without an ATC. */
  private ScenarioResult runUntranslated(String trouble) {
    String text = """
        include classpath("profiles/two-socket-ats.conf")
        machine.parts = [ { name = cpu0, type = cpu, socket = 0 }
          { name = iommu0, type = iommu, socket = 1 }
          { name = dma0, type = dma-device, iommu = iommu0 }
          { name = memory0, type = memory, socket = 0 } ]
        processes = [ { name = app, devices = [dma0],
          areas = [ { name = a, at = "0x1000", pages = 1 } ] } ]
        workload = [ { cpu = cpu0, process = app, do = ["spin 40us"] } ]
        dma = [ { device = dma0, process = app, area = a, access = write, at = 5us } ]
        %s
        """.formatted(trouble);
    return Scene.run(pool, Scene.load(Scene.write(folder, text)).get(0).scenario());
  }

  @ParameterizedTest
  @CsvSource({
      "nic0 -> iommu0, PageRequest",
      "iommu0 -> nic0, PrgResponse"})
  void shouldFindNoProgressWhenAPageRequestIsNeverAnswered(String wire, String message) {
    ScenarioResult result =
        run(", mapped = false", "\"spin 40us\"", drop(wire, message));

    assertThat(Scene.verdict(result)).isEqualTo("no-progress");
    assertThat(result.judgement().findings()).singleElement().satisfies(
        finding -> {
          assertThat(finding.summary())
              .isEqualTo("nothing is left to happen, and request 0 of nic0 is unserved");
          assertThat(finding.witness("again").orElseThrow())
              .contains("trouble: drop " + message);
        });
  }

  @ParameterizedTest
  @CsvSource({
      "iommu0 -> nic0, InvalidateRequest",
      "nic0 -> iommu0, InvalidateCompletion"})
  void shouldFindNoProgressWhenAnInvalidationIsNeverAnswered(String wire, String message) {
    ScenarioResult result =
        run("", "\"spin 40us\", \"munmap a\"", drop(wire, message));

    assertThat(Scene.verdict(result)).isEqualTo("no-progress");
    assertThat(result.judgement().findings()).extracting(Finding::summary)
        .containsExactly("nothing is left to happen, and operation 1 (munmap of 0x1000-0x2000) of"
            + " cpu0 has not ended");
  }

  @Test
  void shouldBeCleanWhenNothingIsLost() {
    List<String> clean = List.of(
        Scene.verdict(run("", "\"spin 40us\", \"munmap a\"", "")),
        Scene.verdict(run(", mapped = false", "\"spin 40us\"", "")),
        Scene.verdict(runUntranslated("")));

    assertThat(clean).containsOnly("clean");
  }
}
