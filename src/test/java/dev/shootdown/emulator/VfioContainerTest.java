package dev.shootdown.emulator;

import static dev.shootdown.emulator.GuestDevices.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.Vfio.Status;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class VfioContainerTest {
  private final PartHarness<VfioContainer.Command> container = GuestDevices.container();

  private Vfio.Result ioctl(Vfio.ToContainer body) {
    container.tell(new VfioContainer.EmulatorSaid(body));
    container.settle();
    return container.take("emulator", Vfio.Result.class).get(0);
  }

  private Status map(long iova, long sizeBytes, long pfn) {
    return ioctl(new Vfio.MapDma(1, iova, sizeBytes, pfn, true)).status();
  }

  private Vfio.Result unmap(long iova, long sizeBytes) {
    return ioctl(new Vfio.UnmapDma(2, iova, sizeBytes, false, true));
  }

  private void dma(long tag, long page, boolean write) {
    container.tell(new VfioContainer.GuestSaid(new GuestDma.Start(tag, page, write)));
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(VfioContainer.Command.class, GuestDevices::container);
  }

  @Test
  void shouldRefuseAnUnmapWhenItWouldCutAMapping() {
    assertThat(map(0x200000, 0x200000, 512)).isEqualTo(Status.OK);

    assertThat(unmap(0x200000, 0x1000).status()).as("front").isEqualTo(Status.INVALID);
    assertThat(unmap(0x201000, 0x1000).status()).as("middle").isEqualTo(Status.INVALID);
    assertThat(unmap(0x3ff000, 0x2000).status()).as("back").isEqualTo(Status.INVALID);
    assertThat(container.marks(MachineFact.Dropped.class)).isEmpty();
    assertThat(container.marks(MachineFact.Filled.class)).hasSize(1).first()
        .matches(filled -> filled.order() == 9);
  }

  @Test
  void shouldRemoveWhatIsThereWhenAnUnmapCoversHoles() {
    map(0x1000, 0x1000, 1);
    map(0x5000, 0x2000, 5);

    assertThat(unmap(0, 0x10000)).isEqualTo(
        new Vfio.Result(2, Status.OK, 0x3000, List.of()));
    assertThat(container.marks(MachineFact.Dropped.class))
        .extracting(MachineFact.Dropped::range)
        .containsExactly(new PageRange(1, 1), new PageRange(5, 2));
    assertThat(unmap(0, 0x10000).unmappedBytes()).as("nothing is no error").isZero();
  }

  @Test
  void shouldRefuseSizesWhenTheyAreNoPagesOrWrap() {
    assertThat(unmap(0xfef00000L, -1L - 0xfef00000L).status()).isEqualTo(Status.INVALID);
    assertThat(unmap(0, 0).status()).as("2^64 doesn't fit").isEqualTo(Status.INVALID);
    assertThat(unmap(0x1000, -0x800).status()).isEqualTo(Status.INVALID);
    assertThat(unmap(-0x1000, 0x2000).status()).as("wraps").isEqualTo(Status.INVALID);
    assertThat(map(0x1800, 0x1000, 1)).isEqualTo(Status.INVALID);
  }

  @Test
  void shouldDropEverythingWhenTheFlagForAllIsSet() {
    map(0x200000, 0x200000, 512);

    assertThat(ioctl(new Vfio.UnmapDma(3, 0x1000, 0, true, false)).status())
        .isEqualTo(Status.INVALID);
    assertThat(ioctl(new Vfio.UnmapDma(3, 0, 0, true, false)).unmappedBytes())
        .isEqualTo(0x200000);
  }

  @Test
  void shouldRefuseAMapWhenSomethingIsThereOrTooMuchIs() {
    assertThat(map(0x1000, 0x2000, 1)).isEqualTo(Status.OK);
    assertThat(map(0x2000, 0x1000, 9)).isEqualTo(Status.EXISTS);
    assertThat(map(0x5000, 0x1000, 5)).isEqualTo(Status.OK);
    assertThat(map(0x6000, 0x1000, 6)).isEqualTo(Status.OK);
    assertThat(map(0x7000, 0x1000, 7)).as("a fourth of three").isEqualTo(Status.FULL);
  }

  @Test
  void shouldReturnAfterTheTransferWhenAnUnmapOvertakesIt() {
    map(0x1000, 0x1000, 1);
    long mappedPs = container.nowPs();
    container.tell(new VfioContainer.EmulatorSaid(
        new Vfio.UnmapDma(4, 0x1000, 0x1000, false, false)));
    container.runUntil(mappedPs + 3 * US);
    dma(9, 1, true);
    container.settle();

    assertThat(container.markedAtPs(MachineFact.Dropped.class))
        .containsExactly(mappedPs + 4 * US);
    assertThat(container.takeSent("emulator").get(0).atPs()).isEqualTo(mappedPs + 5 * US);
    assertThat(container.markedAtPs(MachineFact.Drained.class))
        .containsExactly(mappedPs + 5 * US);
  }

  @Test
  void shouldBringDirtyPagesOnceWhenTheyWereTracked() {
    map(0x1000, 0x3000, 1);
    dma(1, 1, true);
    ioctl(new Vfio.TrackDirty(7));
    dma(2, 2, true);
    dma(3, 2, true);
    dma(4, 3, false);
    container.settle();

    assertThat(container.marks(MachineFact.PteDirtied.class))
        .containsExactly(new MachineFact.PteDirtied(GuestDevices.MM, 2, 2));
    assertThat(unmap(0x1000, 0x3000).dirtyPages()).containsExactly(2L);
    map(0x1000, 0x3000, 1);
    assertThat(unmap(0x1000, 0x3000).dirtyPages()).isEmpty();
  }

  @Test
  void shouldRefuseEverythingWhenTheEmulatorIsGone() {
    map(0x1000, 0x1000, 1);
    container.tell(new VfioContainer.EmulatorSaid(new Vfio.Closed()));
    dma(1, 1, false);

    assertThat(container.take("guest", GuestDma.Ended.class))
        .containsExactly(new GuestDma.Ended(1, true));
  }
}
