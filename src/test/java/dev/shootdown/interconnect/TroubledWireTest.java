package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.protocol.Ats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TroubledWireTest {
  private static final Object REQUEST = new Ats.InvalidateRequest(0, 1, PageRange.ALL);
  private static final Object COMPLETION =
      new Ats.TranslationCompletion(0, 1, 2, 3, false, 0);

  private final Dice dice = Dice.of(1, "sender");

  private static TroubledWire troubled(WireOrder order, TroubleSpec... troubles) {
    WireSpec spec = new WireSpec(LatencySpec.constant(10), Optional.empty(), 0, order);
    return new TroubledWire(new Wire(spec), List.of(troubles));
  }

  private static TroubleSpec nth(String message, int nth, long delayPs) {
    return new TroubleSpec("iommu0 -> nic0", message, Optional.of(nth), delayPs,
        Optional.empty(), Optional.empty());
  }

  private List<Long> latenciesPs(TroubledWire wire, Object... messages) {
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < messages.length; i++) {
      latencies.add(wire.arrivalPs(100L * i, messages[i], dice) - 100L * i);
    }
    return latencies;
  }

  @Test
  void shouldDelayOnlyTheNthOfItsKindWhenToldSo() {
    TroubledWire wire = troubled(WireOrder.NONE, nth("TranslationCompletion", 2, 1_000));

    assertThat(latenciesPs(wire, COMPLETION, REQUEST, COMPLETION, COMPLETION))
        .containsExactly(10L, 10L, 1_010L, 10L);
    assertThat(wire.minimumPs()).isEqualTo(10);
  }

  @Test
  void shouldLetTheInvalidationOvertakeWhenACompletionIsLateOnAPcieWire() {
    TroubledWire wire = troubled(WireOrder.PCIE, nth("TranslationCompletion", 1, 1_000));

    assertThat(latenciesPs(wire, COMPLETION, REQUEST)).containsExactly(1_010L, 10L);
  }

  @Test
  void shouldHoldUpAllBehindWhenAPostedMessageIsLateOnAPcieWire() {
    TroubledWire wire = troubled(WireOrder.PCIE, nth("InvalidateRequest", 1, 1_000));

    assertThat(latenciesPs(wire, REQUEST, COMPLETION, REQUEST))
        .containsExactly(1_010L, 910L, 810L);
  }

  @Test
  void shouldHoldUpAllBehindWhenTheWireIsFirstInFirstOut() {
    TroubledWire wire = troubled(WireOrder.FIFO, nth("TranslationCompletion", 1, 1_000));

    assertThat(latenciesPs(wire, COMPLETION, REQUEST)).containsExactly(1_010L, 910L);
  }

  @Test
  void shouldDelayAllInTheWindowWhenNoNumberIsGiven() {
    TroubledWire wire = troubled(WireOrder.NONE, new TroubleSpec("a -> b", "InvalidateRequest",
        Optional.empty(), 1_000, Optional.of(100L), Optional.of(300L)));

    assertThat(latenciesPs(wire, REQUEST, REQUEST, REQUEST, REQUEST))
        .containsExactly(10L, 1_010L, 1_010L, 10L);
  }

  @Test
  void shouldCountWithinTheWindowWhenBothAreGiven() {
    TroubledWire wire = troubled(WireOrder.NONE, new TroubleSpec("a -> b", "InvalidateRequest",
        Optional.of(2), 1_000, Optional.of(100L), Optional.empty()));

    assertThat(latenciesPs(wire, REQUEST, REQUEST, REQUEST, REQUEST))
        .containsExactly(10L, 10L, 1_010L, 10L);
  }

  @Test
  void shouldAddDelaysWhenSeveralStrikeTheSameMessage() {
    TroubledWire wire = troubled(WireOrder.NONE,
        nth("InvalidateRequest", 1, 1_000), nth("InvalidateRequest", 1, 500));

    assertThat(latenciesPs(wire, REQUEST, REQUEST)).containsExactly(1_510L, 10L);
  }
}
