package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  @ParameterizedTest
  @CsvSource({
    "latency, latency, 0", "latncy, latency, 1", "laetncy, latency, 1", "Latency, latency, 0",
    "'', abc, 3", "abc, '', 3", "kitten, sitting, 3", "tiem, time, 1"
  })
  void shouldCountSlipsWhenWordsDiffer(String from, String to, int slips) {
    assertThat(Nearest.distance(from, to)).isEqualTo(slips);
    assertThat(Nearest.distance(to, from)).isEqualTo(slips);
  }

  @Test
  void shouldFindTheNearestWhenSeveralAreNear() {
    List<String> known = List.of("later", "latency", "latent");

    assertThat(Nearest.to("latencie", known)).contains("latency");
    assertThat(Nearest.among("laten", known, 2)).containsExactly("latent", "later");
  }

  @Test
  void shouldPreferTheAlphabetWhenEquallyNear() {
    assertThat(Nearest.to("bat", List.of("hat", "cat"))).contains("cat");
  }

  @Test
  void shouldFindNothingWhenNoneIsNear() {
    assertThat(Nearest.to("wavelength", List.of("size", "ways"))).isEmpty();
    assertThat(Nearest.to("ab", List.of("xy"))).isEmpty();
    assertThat(Nearest.to("ab", List.of())).isEmpty();
  }
}
