package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StationTest {
  private final Station station = new Station();

  @Test
  void shouldAgreeWithLittlesLawWhenStaysOverlap() {
    station.arrive(1, 1000);
    station.arrive(2, 3000);
    station.depart(1, 4000);
    station.depart(2, 9000);

    assertThat(station.arrivals()).isEqualTo(2);
    assertThat(station.departures()).isEqualTo(2);
    assertThat(station.levelMax()).hasValue(2);
    assertThat(station.busyPs(20_000)).hasValue(8000);
    assertThat(station.stayedPs(20_000)).hasValue(9000);
    assertThat(station.slices(20_000).totalPs()).isEqualTo(9000);
  }

  @Test
  void shouldCountUntilTheEndWhenSomebodyIsStillInside() {
    station.arrive(1, 1000);

    assertThat(station.stayedPs(5000)).hasValue(4000);
    assertThat(station.slices(5000).totalPs()).isEqualTo(4000);
    assertThat(station.busyPs(5000)).hasValue(4000);
    assertThat(station.departures()).isZero();
  }

  @Test
  void shouldIgnoreItWhenSomethingLeavesThatNeverCame() {
    station.depart(7, 1000);

    assertThat(station.departures()).isZero();
    assertThat(station.slices(5000).totalPs()).isZero();
  }

  @Test
  void shouldNotTellHowManyAtOnceWhenOnlyWholeStaysAreKnown() {
    station.stayed(1000, 3000);
    station.stayed(2000, 3000);

    assertThat(station.levelMax()).isEmpty();
    assertThat(station.busyPs(3000)).isEmpty();
    assertThat(station.stayedPs(3000)).hasValue(3000);
    assertThat(station.slices(3000).totalPs()).isEqualTo(3000);
  }

  @Test
  void shouldTellNothingOfStaysWhenThePartTellsItsLevel() {
    station.level(1000, 3, 8);
    station.level(2000, 1, 8);

    assertThat(station.capacity()).hasValue(8);
    assertThat(station.arrivals()).isEqualTo(3);
    assertThat(station.departures()).isEqualTo(2);
    assertThat(station.stayedPs(3000)).isEmpty();
    assertThat(station.slices(3000).totalPs()).isEqualTo(3000 + 1000);
  }
}
