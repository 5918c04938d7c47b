package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Type;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class ShadowTableTest {
  private final PartHarness<ShadowTable.Command> shadow = GuestDevices.shadow();

  private void event(Type type, Span span, long pfn) {
    shadow.tell(new ShadowTable.EmulatorSaid(
        new ViommuNotifier.Event(4, type, span, pfn, true)));
    shadow.settle();
  }

  private boolean denied(long page) {
    shadow.tell(new ShadowTable.GuestSaid(new GuestDma.Start(page, page, true)));
    shadow.settle();
    return shadow.take("guest", GuestDma.Ended.class).get(0).denied();
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(ShadowTable.Command.class, GuestDevices::shadow);
  }

  @Test
  void shouldLoseOnePageOnlyWhenPartOfAMappingIsUnmapped() {
    event(Type.MAP, new Span(0x200000, 0x3fffff), 512);
    event(Type.UNMAP, new Span(0x201000, 0x201fff), -1);

    assertThat(denied(0x200)).isFalse();
    assertThat(denied(0x201)).isTrue();
    assertThat(denied(0x202)).isFalse();
    assertThat(shadow.take("emulator", ViommuNotifier.Taken.class)).hasSize(2);
  }

  @Test
  void shouldForgetEverythingWhenTheSpanIsLargerThanAnyTable() {
    event(Type.MAP, new Span(0x1000, 0x1fff), 1);
    event(Type.UNMAP, Span.ALL, -1);

    assertThat(denied(1)).isTrue();
    assertThat(shadow.marks(MachineFact.Dropped.class)).hasSize(1).first()
        .matches(dropped -> dropped.range().isAll());
  }

  @Test
  void shouldReplaceTheFrameWhenAPageIsMappedAnew() {
    event(Type.MAP, new Span(0x1000, 0x1fff), 1);
    event(Type.MAP, new Span(0x1000, 0x1fff), 2);
    assertThat(denied(1)).isFalse();

    assertThat(shadow.marks(MachineFact.Used.class)).extracting(MachineFact.Used::pfn)
        .containsExactly(2L);
  }
}
