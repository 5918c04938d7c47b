package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Judgement;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SameAnswerTest {
  /** Where a window is a round between nodes, a run of this size takes a second or two. */
  private static final long EVENTS_MOST = 4_000;

  /** Tens of times what a round takes. */
  private static final int DELAY_MOST_US = 4_000;

  @TempDir private Path folder;

  private static List<Path> gallery() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("scenarios"))) {
      List<Path> sorted = files.filter(f -> f.toString().endsWith(".conf")).sorted().toList();
      assertThat(sorted).hasSizeGreaterThanOrEqualTo(30);
      return sorted;
    }
  }

  /** One variant of a scenario, the n-th of the n-th file; its beginning, if it is long. */
  private static Variant one(Path file, int number) {
    List<Variant> all = Nodes.load(file.toString());
    Variant whole = all.get(number % all.size());
    ScenarioResult result = Nodes.alone(whole, 1);
    long events = result.outcome().events();
    if (events <= EVENTS_MOST) {
      return whole;
    }
    long untilPs = result.outcome().endPs() / events * EVENTS_MOST;
    return Nodes.load(file.toString(), "run.until=" + untilPs + "ps").stream()
        .filter(each -> each.name().equals(whole.name())).findFirst().orElseThrow();
  }

  private static void shouldBeEqual(Variant variant, ScenarioResult one, ScenarioResult other) {
    String name = variant.id(variant.scenario().run().seed());
    assertThat(other.outcome().fingerprint()).as(name).isEqualTo(one.outcome().fingerprint());
    assertThat(other.outcome().events()).as(name).isEqualTo(one.outcome().events());
    assertThat(other.outcome().endPs()).as(name).isEqualTo(one.outcome().endPs());
    assertThat(other.outcome().complete()).as(name).isEqualTo(one.outcome().complete());
    shouldBeEqual(name, one.judgement(), other.judgement());
    assertThat(other.trace()).as(name).isEqualTo(one.trace());
  }

  private static void shouldBeEqual(String name, Judgement one, Judgement other) {
    assertThat(other.verdict()).as(name).isEqualTo(one.verdict());
    assertThat(other.unlisted()).as(name).isEqualTo(one.unlisted());
    assertThat(other.gaps()).as(name).isEqualTo(one.gaps());
    assertThat(other.costs()).as(name).usingRecursiveComparison().isEqualTo(one.costs());
    shouldBeEqual(name, one.findings(), other.findings());
    shouldBeEqual(name, one.rows(), other.rows());
    shouldBeEqual(name, one.exposures(), other.exposures());
  }

  /** One by one: the comparison's own cost grows with the square of what it is given. */
  private static void shouldBeEqual(String name, List<?> one, List<?> other) {
    assertThat(other).as(name).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(other.get(i)).as(name).usingRecursiveComparison().isEqualTo(one.get(i));
    }
  }

  @Test
  void shouldComeToTheSameWhenTwoNodesRunTheGallery() throws IOException {
    try (Nodes nodes = Nodes.of(2)) {
      List<Path> files = gallery();
      for (int i = 0; i < files.size(); i++) {
        Variant variant = one(files.get(i), i);
        ScenarioResult alone = Nodes.alone(variant, 1);
        ScenarioResult shared = nodes.run(variant, 1);

        assertThat(nodes.lost()).isEmpty();
        assertThat(shared.outcome().windows().eventsByPartition()).hasSize(2);
        shouldBeEqual(variant, alone, shared);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8})
  void shouldComeToTheSameWhenThreeNodesOfTwoThreadsSufferDelays(long seed) throws IOException {
    try (Nodes nodes = Nodes.late(Nodes.settings(), 3, seed, DELAY_MOST_US)) {
      Variant variant = Nodes.load("scenarios/02-overtaken-fill.conf").get(0);

      shouldBeEqual(variant, Nodes.alone(variant, 1), nodes.run(variant, 2));
      assertThat(nodes.lost()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 0", "true, 9"})
  void shouldComeToTheSameWhenNodesSpeakTls(boolean late, long seed) throws Exception {
    Optional<TlsFiles> tls = Optional.of(Certificates.in(folder, "tls", "-10d", 400));
    NodeSettings settings =
        new NodeSettings("127.0.0.1", 0, Optional.empty(), 0, tls, false, Nodes.PATIENT);
    Variant variant = Nodes.load("scenarios/03-era-b-mremap.conf").get(0);
    try (Nodes nodes =
        late ? Nodes.late(settings, 2, seed, DELAY_MOST_US) : Nodes.of(settings, 2)) {
      shouldBeEqual(variant, Nodes.alone(variant, 1), nodes.run(variant, 1));
      assertThat(nodes.lost()).isEmpty();
    }
  }
}
