package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestValidationTest {
  @Test
  void shouldStayWithinFifteenPercentWhereTheProfileWasFitted() {
    try (SystemPool pool = new SystemPool()) {
      List<GuestValidation.Point> points =
          new GuestValidation(Benches.of(pool, List.of())).points();
      List<GuestValidation.Point> fitted =
          points.stream().filter(GuestValidation.Point::fitted).toList();
      assertThat(fitted).hasSize(2 * 3 * 5);
      assertThat(fitted).allSatisfy(point -> assertThat(Math.abs(point.error())).isLessThan(0.15));
    }
  }

  /** The points of a sleeping partner are what the parameter is there for. */
  @Test
  void shouldMissWhereAnotherThreadSleepsOnlyWhenItCostsNothing() {
    assertThat(missed()).isEmpty();
    assertThat(missed("kernel.arch-rules.flush-multi=0ns"))
        .isNotEmpty().allMatch(point -> point.contains(" idle "));
  }

  private static List<String> missed(String... settings) {
    try (SystemPool pool = new SystemPool()) {
      return new GuestValidation(Benches.of(pool, List.of(settings))).points().stream()
          .filter(point -> Math.abs(point.error()) > 0.15)
          .map(point -> point.operation() + " " + point.mode() + " " + point.pages()).toList();
    }
  }

  @Test
  void shouldMissWhenAnInterruptCostsNothing() {
    try (SystemPool pool = new SystemPool()) {
      List<GuestValidation.Point> points =
          new GuestValidation(
                  Benches.of(
                      pool, List.of("wires.ipi.latency.min=1ns", "parts.cpu.ipi-send=1ns")))
              .points();
      assertThat(points)
          .filteredOn(point -> point.mode().equals("spin") && point.pages() == 1)
          .allSatisfy(point -> assertThat(point.error()).isLessThan(-0.3));
    }
  }
}
