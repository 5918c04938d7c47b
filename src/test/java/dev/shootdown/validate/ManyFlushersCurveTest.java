package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.shootdown.engine.SystemPool;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManyFlushersCurveTest {
  private static final SystemPool POOL = new SystemPool();
  private static final ManyFlushersCurve CURVE = new ManyFlushersCurve();
  private static final Map<String, Double> SEEN = new TreeMap<>();

  @AfterAll
  static void close() {
    POOL.close();
  }

  private static double kiloLoops(String machine, int threads, String path, String... settings) {
    return SEEN.computeIfAbsent(
        machine + threads + path + List.of(settings),
        key -> CURVE.kiloLoops(Benches.of(POOL, List.of(settings)), machine, threads, path));
  }

  private static double withInterrupts(int threads, String... settings) {
    return kiloLoops("milan-72", threads, "dontneed", settings);
  }

  private static double withBroadcast(int threads, String... settings) {
    return kiloLoops("milan-72-invlpgb", threads, "dontneed", settings);
  }

  @ParameterizedTest
  @CsvSource({"1,315", "4,644", "8,652", "16,737"})
  void shouldBeWithinAFifthWhenFlushesInterrupt(int threads, double published) {
    assertThat(withInterrupts(threads)).isCloseTo(published, Percentage.withPercentage(20));
  }

  @Test
  void shouldLoseWhenALineIsKeptForLonger() {
    double slower = withBroadcast(16, "kernel.costs.shared.line=660ns");
    assertThat(withBroadcast(16) / slower).as("it is what 16 threads wait for")
        .isCloseTo(2, within(0.3));
    assertThat(withInterrupts(8, "kernel.costs.shared.line-read=1us"))
        .as("each handler looks at the newest generation")
        .isLessThan(0.8 * withInterrupts(8));
  }

  @Test
  void shouldLoseWhenAHandlerTakesLongerForEachRequest() {
    assertThat(withInterrupts(16, "parts.cpu.request=940ns"))
        .isLessThan(0.85 * withInterrupts(16));
    assertThat(withBroadcast(16, "parts.cpu.request=940ns"))
        .as("nobody is interrupted").isCloseTo(withBroadcast(16), within(20.0));
  }

  @Test
  void shouldBeHeldUpByTheListsWhenEachCallDrains() {
    double drains = kiloLoops("milan-72-invlpgb", 16, "dontneed-drains");
    assertThat(drains).as("no flush can help").isLessThan(0.5 * withBroadcast(16));
    assertThat(
            kiloLoops(
                "milan-72-invlpgb", 16, "dontneed-drains", "kernel.costs.shared.lru=1700ns"))
        .isLessThan(0.6 * drains);
  }

  @Test
  void shouldLoseWhenFaultsTakeTheLockOfAll() {
    assertThat(withBroadcast(16, "kernel.costs.shared.area-locks=false"))
        .isLessThan(0.8 * withBroadcast(16));
  }
}
