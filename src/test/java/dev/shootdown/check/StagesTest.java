package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Entries that a guest's table and the host's make together: page 5 of the guest's address space 3
 * leads to its frame 1005, behind which is page 0x905 of process 1, at frame 7.
 */
class StagesTest {
  private static final int GUEST = 3;
  private static final int HOST = 1;
  private static final long GUEST_FRAME = 1005;
  private static final long FRAME = 7;

  private final StaleUseJudge judge = new StaleUseJudge();

  private void says(long atPs, String by, MachineFact fact) {
    judge.seen(atPs, by, fact);
  }

  /** The walk ends at 10, and the device caches the result at 15. */
  private void cached() {
    says(0, "frames", new MachineFact.FramesAllocated(List.of(FRAME)));
    says(0, "guest0", new MachineFact.FramesAllocated(List.of(GUEST_FRAME)));
    says(
        10, "iommu0",
        new MachineFact.StagesJoined(GUEST, 5, GUEST_FRAME, 6, HOST, 0x905, FRAME, 8, 24));
    says(15, "gpu0", new MachineFact.Filled(GUEST, 5, FRAME, true, 6));
  }

  private void changed(long atPs, int mm, long page, long pfn) {
    String by = mm == HOST ? "vmm.pt" : "guest0";
    says(
        atPs, by,
        new MachineFact.PtesChanged(mm, Change.CLEARED, List.of(page), List.of(pfn), atPs, 0));
  }

  private void freed(long atPs, long pfn) {
    String by = pfn == FRAME ? "frames" : "guest0";
    says(atPs, by, new MachineFact.FramesFreed(-1, List.of(pfn)));
  }

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindTheDeviceWhenTheHostFreesTheFrame() {
    cached();
    changed(20, HOST, 0x905, FRAME);
    freed(30, FRAME);
    StaleUse stale = only();

    assertThat(stale.kind()).isSameAs(StaleUse.Kind.HELD_AT_FREE);
    assertThat(stale.entry().pfn()).isEqualTo(FRAME);
    assertThat(stale.entry().readAtPs()).hasValue(8);
    assertThat(stale.change().orElseThrow().component()).isEqualTo("vmm.pt");
    assertThat(stale.cover().place()).contains(new StaleUse.Place(2, HOST, 0x905));
    assertThat(Witness.of(stale, "again")).contains("host PTE (stage 2) cleared");
  }

  @Test
  void shouldFindTheDeviceWhenTheGuestFreesItsFrame() {
    cached();
    changed(20, GUEST, 5, GUEST_FRAME);
    freed(30, GUEST_FRAME);
    StaleUse stale = only();

    assertThat(stale.kind()).isSameAs(StaleUse.Kind.HELD_AT_FREE);
    assertThat(stale.entry().pfn()).isEqualTo(GUEST_FRAME);
    assertThat(stale.entry().readAtPs()).hasValue(6);
    assertThat(stale.change().orElseThrow().component()).isEqualTo("guest0");
    assertThat(stale.cover().place()).contains(new StaleUse.Place(1, GUEST, 5));
    assertThat(stale.summary()).contains("guest frame 0x3ed");
    assertThat(Witness.of(stale, "again")).contains("guest PTE (stage 1) cleared");
  }

  @Test
  void shouldFindBothWhenBothFramesGo() {
    cached();
    freed(30, GUEST_FRAME);
    freed(40, FRAME);

    assertThat(judge.findings()).extracting(found -> found.staleUse().orElseThrow().entry().pfn())
        .containsExactly(GUEST_FRAME, FRAME);
  }

  @Test
  void shouldFindTheUseAndTheFillWhenTheGuestsFrameIsGone() {
    cached();
    says(20, "gpu0", new MachineFact.Dropped(
        GUEST, PageRange.of(5), MachineFact.Cause.INVALIDATED));
    freed(30, GUEST_FRAME);
    assertThat(judge.findings()).isEmpty();
    says(40, "gpu0", new MachineFact.Filled(GUEST, 5, FRAME, true, 6));
    says(50, "gpu0", new MachineFact.Used(GUEST, 5, FRAME, true, 1));

    assertThat(only().kind()).isSameAs(StaleUse.Kind.FILLED_AFTER_FREE);
    assertThat(only().usedAtPs()).hasValue(50);
  }

  @Test
  void shouldFindTheDmaWhenTheGuestsFrameGoesUnderIt() {
    cached();
    says(20, "gpu0", new MachineFact.Used(GUEST, 5, FRAME, true, 1));
    says(25, "gpu0", new MachineFact.Dropped(
        GUEST, PageRange.of(5), MachineFact.Cause.INVALIDATED));
    freed(30, GUEST_FRAME);

    assertThat(only().kind()).isSameAs(StaleUse.Kind.IN_FLIGHT_AT_FREE);
  }

  @Test
  void shouldSayNothingWhenTheDeviceHasForgotten() {
    cached();
    changed(16, GUEST, 5, GUEST_FRAME);
    changed(17, HOST, 0x905, FRAME);
    says(20, "gpu0", new MachineFact.Dropped(
        GUEST, PageRange.ALL, MachineFact.Cause.INVALIDATED));
    freed(30, GUEST_FRAME);
    freed(40, FRAME);

    assertThat(judge.findings()).isEmpty();
  }

  /** The flush was there, and in time; the device heard nothing of it. */
  @Test
  void shouldBlameWhatTheFlushLeftOutWhenItCameInTime() {
    cached();
    says(
        18, "domain",
        new MachineFact.FlushBegan(
            4, Audience.SECONDARY, HOST, PageRange.of(0x905), PageRange.of(0x905), 1));
    changed(20, HOST, 0x905, FRAME);
    says(22, "domain", new MachineFact.FlushEnded(4, Audience.SECONDARY));
    freed(30, FRAME);
    StaleUse stale = only();

    assertThat(stale.isCovered()).isTrue();
    assertThat(stale.isUntold()).isTrue();
    assertThat(stale.edges()).isEmpty();
    assertThat(Witness.of(stale, "again")).contains("left out what both stages make");
  }

  @Test
  void shouldFindTheUseOfARightThatTheHostHasTakenAway() {
    for (boolean write : List.of(true, false)) {
      RevokedRightJudge rights = new RevokedRightJudge();
      rights.seen(10, "iommu0", new MachineFact.StagesJoined(
          GUEST, 5, GUEST_FRAME, 6, HOST, 0x905, FRAME, 8, 24));
      rights.seen(15, "gpu0", new MachineFact.Filled(GUEST, 5, FRAME, true, 6));
      rights.seen(20, "vmm.pt", new MachineFact.PtesChanged(
          HOST, Change.PROTECTED, List.of(0x905L), List.of(FRAME), 20, 0));
      rights.seen(25, "gpu0", new MachineFact.Used(GUEST, 5, FRAME, true, 1));
      assertThat(rights.findings()).as("before the call returns").isEmpty();
      rights.seen(30, "cpu0", new MachineFact.RightsRevoked(
          4, HOST, PageRange.of(0x905), true));
      rights.seen(40, "gpu0", new MachineFact.Used(GUEST, 5, FRAME, write, 2));

      assertThat(rights.findings()).as("write: %s", write).hasSize(write ? 1 : 0);
    }
  }

  @Test
  void shouldFindTheDeviceWhenTheHostsPageGetsAnotherFrame() {
    for (boolean forgets : List.of(false, true)) {
      RepointJudge repoints = new RepointJudge();
      repoints.seen(10, "iommu0", new MachineFact.StagesJoined(
          GUEST, 5, GUEST_FRAME, 6, HOST, 0x905, FRAME, 8, 24));
      repoints.seen(15, "gpu0", new MachineFact.Filled(GUEST, 5, FRAME, true, 6));
      if (forgets) {
        repoints.seen(17, "gpu0", new MachineFact.Dropped(
            GUEST, PageRange.ALL, MachineFact.Cause.INVALIDATED));
      }
      repoints.seen(20, "vmm.pt", new MachineFact.PtesChanged(
          HOST, Change.REPOINTED, List.of(0x905L), List.of(9L), 20, 0));
      repoints.seen(21, "clock", new MachineFact.Drained(1));
      if (!forgets) {
        repoints.seen(40, "gpu0", new MachineFact.Used(GUEST, 5, FRAME, true, 2));
      }

      assertThat(repoints.findings()).as("forgets: %s", forgets).hasSize(forgets ? 0 : 1)
          .allMatch(found -> found.verdict() == Verdict.COW_BREACH)
          .allMatch(found -> found.staleUse().orElseThrow().usedAtPs().isPresent());
    }
  }

  @Test
  void shouldMissTheFlushOfTheHostsPageWhenThereWasNone() {
    cached();
    says(
        18, "guest0",
        new MachineFact.FlushBegan(
            4, Audience.SECONDARY, GUEST, PageRange.of(5), PageRange.of(5), 1));
    changed(20, HOST, 0x905, FRAME);
    says(22, "guest0", new MachineFact.FlushEnded(4, Audience.SECONDARY));
    freed(30, FRAME);

    assertThat(only().cover().flush()).as("that was the guest's").isEmpty();
    assertThat(only().edges().get(0).mm()).isEqualTo(HOST);
    assertThat(only().edges().get(0).range()).isEqualTo(PageRange.of(0x905));
  }
}
