package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WireTest {
  private static final Object POSTED = new Ats.InvalidateRequest(0, 1, PageRange.ALL);
  private static final Object COMPLETION =
      new Ats.TranslationCompletion(0, 1, 2, 3, false, 0);
  private static final Object READ = new Dma.Transfer(0, 1, 2, false, 64);
  private static final Object WRITE = new Dma.Transfer(0, 1, 2, true, 64);

  private final Dice dice = Dice.of(1, "sender");

  private static Wire wire(LatencySpec latency, WireOrder order) {
    return new Wire(new WireSpec(latency, Optional.empty(), 0, order));
  }

  private long arrivalPs(Wire wire, long nowPs, Object message) {
    return wire.arrivalPs(nowPs, message, dice);
  }

  @Test
  void shouldTakeItsLatencyWhenItIsConstant() {
    Wire wire = new Wire(WireSpec.fifo(250));

    assertThat(arrivalPs(wire, 1000, POSTED)).isEqualTo(1250);
    assertThat(wire.minimumPs()).isEqualTo(250);
  }

  @Test
  void shouldSayThatItIsConstantOnlyWhenAskingItAgainChangesNothing() {
    Optional<Long> limited = Optional.of(1L);

    assertThat(wire(LatencySpec.constant(250), WireOrder.FIFO).constantPs()).isEqualTo(250);
    assertThat(wire(LatencySpec.uniform(250, 251), WireOrder.NONE).constantPs()).isEqualTo(-1);
    assertThat(
            new Wire(new WireSpec(LatencySpec.constant(250), limited, 0, WireOrder.NONE))
                .constantPs())
        .isEqualTo(-1);
  }

  @Test
  void shouldWaitUntilTheWireIsFreeWhenBandwidthIsLimited() {
    Wire wire = new Wire(new WireSpec(
        LatencySpec.constant(100), Optional.of(1_000_000_000_000L), 24, WireOrder.NONE));

    assertThat(arrivalPs(wire, 0, WRITE)).as("24 + 64 bytes at 1 B/ps").isEqualTo(188);
    assertThat(arrivalPs(wire, 0, READ)).as("24 bytes more").isEqualTo(212);
    assertThat(arrivalPs(wire, 1000, READ)).as("free again").isEqualTo(1124);
  }

  @Test
  void shouldRoundUpWhenTheBandwidthDoesNotDivide() {
    Wire wire = new Wire(new WireSpec(
        LatencySpec.constant(0), Optional.of(3_000_000_000_000L), 0, WireOrder.NONE),
        message -> 1);

    assertThat(arrivalPs(wire, 0, "any")).isEqualTo(1);
  }

  @Test
  void shouldStayWithinItsBoundsWhenTheLatencyIsUniform() {
    Wire wire = wire(LatencySpec.uniform(10, 13), WireOrder.NONE);
    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      seen.add(arrivalPs(wire, 0, POSTED));
    }

    assertThat(seen).contains(10L, 11L, 12L, 13L).allMatch(ps -> ps >= 10 && ps <= 13);
    assertThat(wire.minimumPs()).isEqualTo(10);
  }

  @Test
  void shouldHaveTheMeanOfTheWholeWhenTheLatencyIsExponential() {
    Wire wire = wire(LatencySpec.exponential(1_000, 5_000), WireOrder.NONE);
    long sumPs = 0;
    for (int i = 0; i < 20_000; i++) {
      long arrivalPs = arrivalPs(wire, 0, POSTED);
      assertThat(arrivalPs).isGreaterThanOrEqualTo(wire.minimumPs());
      sumPs += arrivalPs;
    }

    assertThat(sumPs / 20_000).isBetween(4_900L, 5_100L);
  }

  @Test
  void shouldNeverOvertakeWhenItIsFirstInFirstOut() {
    Wire wire = wire(LatencySpec.uniform(10, 5_000), WireOrder.FIFO);
    long previousPs = 0;
    for (int i = 0; i < 500; i++) {
      long arrivalPs = arrivalPs(wire, i, i % 2 == 0 ? POSTED : COMPLETION);
      assertThat(arrivalPs).isGreaterThanOrEqualTo(previousPs);
      previousPs = arrivalPs;
    }
  }

  /** The row of the ordering table that the classic device bug lives on. */
  @Test
  void shouldLetPostedPassAllWhenItFollowsPcie() {
    Wire wire = wire(LatencySpec.constant(10), WireOrder.PCIE);

    assertThat(wire.arrivalPs(0, COMPLETION, dice, 500)).isEqualTo(510);
    assertThat(wire.arrivalPs(0, READ, dice, 400)).isEqualTo(410);
    assertThat(arrivalPs(wire, 1, POSTED)).isEqualTo(11);
    assertThat(arrivalPs(wire, 2, COMPLETION)).as("completions may pass each other").isEqualTo(12);
  }

  @Test
  void shouldLetNothingPassPostedWhenItFollowsPcie() {
    Wire wire = wire(LatencySpec.constant(10), WireOrder.PCIE);

    assertThat(wire.arrivalPs(0, POSTED, dice, 500)).isEqualTo(510);
    assertThat(arrivalPs(wire, 1, COMPLETION)).isEqualTo(510);
    assertThat(arrivalPs(wire, 2, READ)).isEqualTo(510);
    assertThat(arrivalPs(wire, 3, WRITE)).isEqualTo(510);
    assertThat(arrivalPs(wire, 4, new Ats.TranslationRequest(0, 0, 1, 2, false))).isEqualTo(510);
    assertThat(arrivalPs(wire, 505, COMPLETION)).isEqualTo(515);
  }

  @Test
  void shouldTellTheClassesApart() {
    assertThat(PcieClass.of(POSTED)).isEqualTo(PcieClass.POSTED);
    assertThat(PcieClass.of(new Ats.InvalidateCompletion(0, 1))).isEqualTo(PcieClass.POSTED);
    assertThat(PcieClass.of(WRITE)).isEqualTo(PcieClass.POSTED);
    assertThat(PcieClass.of(READ)).isEqualTo(PcieClass.NON_POSTED);
    assertThat(PcieClass.of(new Ats.TranslationRequest(0, 0, 1, 2, false)))
        .isEqualTo(PcieClass.NON_POSTED);
    assertThat(PcieClass.of(COMPLETION)).isEqualTo(PcieClass.COMPLETION);
    assertThat(PcieClass.of(new Dma.Transferred(1))).isEqualTo(PcieClass.COMPLETION);
  }
}
