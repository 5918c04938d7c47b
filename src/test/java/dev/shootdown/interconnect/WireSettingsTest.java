package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WireSettingsTest {
  private final Problems problems = new Problems();

  private Settings settings(String text) {
    return Settings.of(ConfigFactory.parseString(text).root(), "", problems);
  }

  private String complaints() {
    return String.join("\n", problems.list().stream().map(Problem::line).toList());
  }

  @Test
  void shouldReadAWireWhenAllIsSaid() {
    WireSpec spec = settings("latency { kind = exponential, min = 100ns, mean = 250ns }\n"
        + "bandwidth = 31.5GB/s, overhead = 24B, order = pcie").bind(WireSpec.class);

    assertThat(complaints()).isEmpty();
    assertThat(spec).isEqualTo(new WireSpec(LatencySpec.exponential(100_000, 250_000),
        Optional.of(31_500_000_000L), 24, WireOrder.PCIE));
  }

  @Test
  void shouldReadAnUnlimitedWireWhenBandwidthIsNull() {
    WireSpec spec = settings("latency { kind = constant, min = 80ns, max = null, mean = null }\n"
        + "bandwidth = null, overhead = 0B, order = fifo").bind(WireSpec.class);

    assertThat(complaints()).isEmpty();
    assertThat(spec).isEqualTo(WireSpec.fifo(80_000));
  }

  @Test
  void shouldComplainWhenADistributionLacksWhatItNeeds() {
    settings("kind = uniform, min = 1ns").bind(LatencySpec.class);

    assertThat(complaints()).contains("needs the key max, because kind is uniform");
  }

  @Test
  void shouldComplainWhenAKeyHasNoMeaningForItsDistribution() {
    settings("kind = constant, min = 1ns, mean = 2ns").bind(LatencySpec.class);

    assertThat(complaints()).contains("has a meaning only with kind = exponential");
  }

  @Test
  void shouldComplainWhenTheGreatestIsLessThanTheLeast() {
    settings("kind = uniform, min = 3ns, max = 2ns").bind(LatencySpec.class);

    assertThat(complaints()).contains("must be at least min");
  }

  @Test
  void shouldReadATroubleWhenItsMessageExists() {
    TroubleSpec trouble = settings("wire = \"iommu0 -> nic0\", message = TranslationCompletion\n"
        + "nth = 1, delay = 3us").bind(TroubleSpec.class);

    assertThat(complaints()).isEmpty();
    assertThat(trouble).isEqualTo(new TroubleSpec("iommu0 -> nic0", "TranslationCompletion",
        Optional.of(1), 3_000_000, Optional.empty(), Optional.empty()));
  }

  @Test
  void shouldComplainAboutAllWhenATroubleIsWrong() {
    settings("wire = \"a -> b\", message = Translation, nth = 0, delay = 1us, from = 2us,"
        + " until = 2us").bind(TroubleSpec.class);

    assertThat(complaints())
        .contains("is not a message of any protocol; there are", "TranslationCompletion")
        .contains("messages are counted from 1")
        .contains("must be later than from");
  }
}
