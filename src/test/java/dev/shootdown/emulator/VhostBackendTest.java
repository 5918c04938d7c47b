package dev.shootdown.emulator;

import static dev.shootdown.emulator.GuestDevices.MM;
import static dev.shootdown.emulator.GuestDevices.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class VhostBackendTest {
  private static final Span PAGE = new Span(0x7000, 0x7fff);

  private static void say(PartHarness<VhostBackend.Command> part, VhostIotlb.ToBackend body) {
    part.tell(new VhostBackend.EmulatorSaid(body));
  }

  private static void dma(PartHarness<VhostBackend.Command> part, long tag, long page) {
    part.tell(new VhostBackend.GuestSaid(new GuestDma.Start(tag, page, true)));
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(
        VhostBackend.Command.class, () -> GuestDevices.backend(GuestDevices.VHOST));
  }

  @Test
  void shouldMissOnceWhenSeveralTransfersWantAPage() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.VHOST);
    dma(backend, 1, 7);
    dma(backend, 2, 7);
    assertThat(backend.take("emulator", VhostIotlb.Miss.class))
        .containsExactly(new VhostIotlb.Miss(7, true));

    say(backend, new VhostIotlb.Update(7, 70, true, 0));
    backend.settle();
    dma(backend, 3, 7);
    assertThat(backend.take("emulator", VhostIotlb.Miss.class)).isEmpty();
    assertThat(backend.marks(MachineFact.Used.class)).hasSize(3);
  }

  @Test
  void shouldCacheTheOldTranslationWhenTheUpdateComesAfterTheInvalidation() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.VHOST);
    dma(backend, 1, 7);
    say(backend, new VhostIotlb.Invalidate(5, PAGE));
    backend.settle();
    say(backend, new VhostIotlb.Update(7, 70, true, 0));

    assertThat(backend.marks(MachineFact.Filled.class)).hasSize(1);
    assertThat(backend.marks(MachineFact.FillDiscarded.class)).isEmpty();
  }

  @Test
  void shouldAskAgainWhenACarefulOneWasOvertaken() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.CAREFUL);
    dma(backend, 1, 7);
    dma(backend, 2, 8);
    say(backend, new VhostIotlb.Invalidate(5, PAGE));
    backend.settle();
    backend.takeSent("emulator");
    say(backend, new VhostIotlb.Update(7, 70, true, 0));
    say(backend, new VhostIotlb.Update(8, 80, true, 0));

    assertThat(backend.marks(MachineFact.FillDiscarded.class))
        .containsExactly(new MachineFact.FillDiscarded(MM, 7));
    assertThat(backend.take("emulator", VhostIotlb.Miss.class))
        .containsExactly(new VhostIotlb.Miss(7, true));
    say(backend, new VhostIotlb.Update(7, 71, true, 9));
    assertThat(backend.marks(MachineFact.Used.class))
        .extracting(MachineFact.Used::pfn).containsExactly(80L, 71L);
  }

  @Test
  void shouldAnswerAfterTheTransferWhenItUsedWhatIsInvalidated() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.VHOST);
    dma(backend, 1, 7);
    say(backend, new VhostIotlb.Update(7, 70, true, 0));
    backend.takeSent("emulator");
    say(backend, new VhostIotlb.Invalidate(5, PAGE));
    backend.settle();

    assertThat(backend.markedAtPs(MachineFact.Dropped.class)).containsExactly(US);
    assertThat(backend.takeSent("emulator")).hasSize(1).first()
        .matches(sent -> sent.atPs() == 2 * US)
        .matches(sent -> sent.message().equals(new VhostIotlb.Invalidated(5)));
  }

  @Test
  void shouldSayWhatWentWhenRoomIsNeeded() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.VHOST);
    for (long page = 1; page <= 3; page++) {
      dma(backend, page, page);
      say(backend, new VhostIotlb.Update(page, page * 10, true, 0));
    }

    assertThat(backend.marks(MachineFact.Dropped.class)).hasSize(1).first()
        .matches(dropped -> dropped.range().firstPage() == 1)
        .matches(dropped -> dropped.cause() == MachineFact.Cause.EVICTED);
  }

  @Test
  void shouldStateABreachWhenAnUpdateWasNotAskedFor() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.VHOST);
    say(backend, new VhostIotlb.Update(7, 70, true, 0));
    say(backend, new VhostIotlb.Unmapped(8));

    assertThat(backend.marks(MachineFact.ProtocolBreach.class)).hasSize(2);
    assertThat(backend.marks(MachineFact.Filled.class)).isEmpty();
  }

  @Test
  void shouldRefuseWhatWaitsWhenTheEmulatorIsGone() {
    PartHarness<VhostBackend.Command> backend = GuestDevices.backend(GuestDevices.VHOST);
    dma(backend, 1, 7);
    say(backend, new VhostIotlb.Closed());
    dma(backend, 2, 7);

    assertThat(backend.take("guest", GuestDma.Ended.class))
        .containsExactly(new GuestDma.Ended(1, true), new GuestDma.Ended(2, true));
  }
}
