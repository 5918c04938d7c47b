package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.emulator.ViommuSpec.RangeRule;
import dev.shootdown.emulator.ViommuSpec.WholeUnmap;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegionTest {
  private static final Span LOWER = new Span(0, 0xfedfffffL);
  private static final Span UPPER = new Span(0xfef00000L, -2);
  private static final Listener EXACT = Listener.exact("nic0", Listener.Kind.VFIO, 0);
  private static final Listener DEVICE_TLB = Listener.cache("net0", 0, Type.DEVIOTLB_UNMAP);

  private static Region region(RangeRule rule, WholeUnmap whole, Listener listener) {
    return new Region(Specs.viommu(rule, whole), listener);
  }

  private static Notice unmap(Span span) {
    return Notice.unmap(span, List.of());
  }

  @Test
  void shouldAbortBeforeAskingForTheTypeWhenAnEventDoesNotFit() {
    Region region = region(RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, EXACT);

    assertThatThrownBy(() -> region.deliver(Notice.deviceTlb(Span.ALL)))
        .isInstanceOf(Region.Assertion.class)
        .hasMessageContaining("DEVIOTLB_UNMAP [0x0, 0xffffffffffffffff]")
        .hasMessageContaining("[0x0, 0xfedfffff] of nic0");
  }

  @Test
  void shouldCutTheEventWhenTheNotifierAskedForDeviceTlbs() throws Region.Assertion {
    Region region = region(RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, DEVICE_TLB);

    assertThat(region.deliver(Notice.deviceTlb(Span.ALL))).extracting(Notice::span)
        .containsExactly(LOWER, UPPER);
    assertThat(region.deliver(unmap(Span.ALL))).as("not wanted").isEmpty();
    assertThatThrownBy(
        () -> region(RangeRule.ASSERT, WholeUnmap.ONE_EVENT, DEVICE_TLB)
            .deliver(Notice.deviceTlb(Span.ALL))).isInstanceOf(Region.Assertion.class);
  }

  @Test
  void shouldReachOneNotifierOrNoneWhenTheEventIsSmall() throws Region.Assertion {
    Region region = region(RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, EXACT);
    Span page = new Span(0xfffff000L, 0xffffffffL);

    assertThat(region.deliver(unmap(page))).extracting(Notice::span).containsExactly(page);
    assertThat(region.deliver(unmap(new Span(0xfee00000L, 0xfee00fffL)))).isEmpty();
  }

  @Test
  void shouldAbortWhenAnAbsentSlotSpansTheInterruptWindow() {
    Region region = region(RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, EXACT);

    assertThatThrownBy(() -> region.deliver(unmap(new Span(0xc0000000L, 0xffffffffL))))
        .isInstanceOf(Region.Assertion.class);
  }

  @Test
  void shouldUnmapWholeNotifiersInTheWayAskedFor() throws Region.Assertion {
    Region one = region(RangeRule.WHOLE_NOTIFIER, WholeUnmap.ONE_EVENT, EXACT);
    Region chunks = region(RangeRule.WHOLE_NOTIFIER, WholeUnmap.CHUNKS, EXACT);
    Region flag = region(RangeRule.WHOLE_NOTIFIER, WholeUnmap.FLAG_ALL, EXACT);

    assertThat(one.deliver(unmap(Span.ALL))).extracting(Notice::span)
        .containsExactly(LOWER, UPPER);
    assertThat(UPPER.sizeBytes() & 0xfff).as("no multiple of a page").isNotZero();
    assertThat(chunks.wholeRange(List.of())).hasSizeGreaterThan(20)
        .allMatch(call -> Long.bitCount(call.span().sizeBytes()) == 1)
        .allMatch(call -> (call.span().first() & (call.span().sizeBytes() - 1)) == 0);
    assertThat(flag.wholeRange(List.of())).hasSize(2).allMatch(Notice::all);
  }
}
