package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestTableTest {
  private final GuestTable table = new GuestTable(48);

  @Test
  void shouldStandForTheWholeSlotWhenAnUpperEntryIsAbsent() {
    List<Slot> slots = table.read(PageRange.of(5));

    assertThat(slots).containsExactly(new Slot(new PageRange(0, 1L << 27), -1, false));
    assertThat(table.entriesRead()).isEqualTo(1);
  }

  @Test
  void shouldGoDownToThePageWhenATableIsThere() {
    table.map(new PageRange(5, 1), 50, false, true);

    assertThat(table.read(new PageRange(5, 2))).containsExactly(
        new Slot(PageRange.of(5), 50, true), new Slot(PageRange.of(6), -1, false));
    assertThat(table.entriesRead()).isEqualTo(5);
    assertThat(new GuestTable(39).read(PageRange.of(0)).get(0).range().pages())
        .isEqualTo(1L << 18);
  }

  @Test
  void shouldKeepTheTableWhenAnUnmapCoversPartOfItOnly() {
    table.map(new PageRange(0, 4), 50, false, true);
    table.unmap(new PageRange(0, 4));
    assertThat(table.read(PageRange.of(0)).get(0).range().pages()).isEqualTo(1);

    table.map(new PageRange(0, 512), 512, false, true);
    table.unmap(new PageRange(0, 512));
    assertThat(table.read(PageRange.of(0)).get(0).range().pages()).isEqualTo(512);
  }

  @Test
  void shouldFallIntoSmallLeavesWhenAHugeOneIsCut() {
    table.map(new PageRange(512, 512), 1024, true, true);
    assertThat(table.read(PageRange.of(513)))
        .containsExactly(new Slot(new PageRange(512, 512), 1024, true));

    assertThat(table.unmap(new PageRange(513, 1)))
        .containsExactly(new GuestTable.Cleared(513, 1025));
    assertThat(table.read(new PageRange(512, 3))).containsExactly(
        new Slot(PageRange.of(512), 1024, true), new Slot(PageRange.of(513), -1, false),
        new Slot(PageRange.of(514), 1026, true));
  }

  @Test
  void shouldClearAllPagesOfAHugeLeafWhenAllGo() {
    table.map(new PageRange(512, 512), 1024, true, true);

    assertThat(table.hasAny(PageRange.of(1023))).isTrue();
    assertThat(table.unmap(new PageRange(512, 512))).hasSize(512);
    assertThat(table.hasAny(PageRange.ALL)).isFalse();
  }
}
