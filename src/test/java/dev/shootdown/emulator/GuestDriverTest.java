package dev.shootdown.emulator;

import static dev.shootdown.emulator.Specs.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.Ledger;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.emulator.GuestDriverSpec.Mode;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueue.Kind;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestDriverTest {
  private static final PageRange FOUR = new PageRange(8, 4);
  private static final GuestAction MAP = new GuestAction.Map(FOUR, false);
  private static final GuestAction UNMAP = new GuestAction.Unmap(FOUR);

  private final RecordingCtx<GuestDriver.Command> ctx =
      new RecordingCtx<GuestDriver.Command>("g0").withPorts("devices", 1);

  private PartHarness<GuestDriver.Command> guest(
      Mode mode, boolean cachingMode, GuestAction... work) {
    GuestDriverSpec spec =
        new GuestDriverSpec(mode, 3, 100 * US, false, false, US, US, US, US, US, US);
    GuestLayout layout = new GuestLayout(1000, 0, 48, 18, cachingMode, List.of(0));
    return new PartHarness<>(ctx, c -> GuestDriver.create(spec, layout, List.of(work), c));
  }

  /** Takes the one submission that is open, and answers it after 3 us. */
  private ViommuQueue.Submit serve(PartHarness<GuestDriver.Command> guest) {
    ViommuQueue.Submit submit = guest.take("viommu", ViommuQueue.Submit.class).get(0);
    long nowPs = guest.nowPs();
    guest.runUntil(nowPs + 3 * US);
    guest.tell(new GuestDriver.ViommuSaid(new ViommuQueue.Done(
        submit.ticket(), nowPs + US, nowPs + 2 * US, nowPs + 2 * US)));
    return submit;
  }

  private List<LedgerRow> rows() {
    Ledger ledger = new Ledger();
    ctx.marks().forEach(mark -> ledger.seen(mark.atPs(), "g0", mark.fact()));
    assertThat(ledger.gaps()).isEmpty();
    return ledger.rows();
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(GuestDriver.Command.class, () -> new PartHarness<>(
        new RecordingCtx<GuestDriver.Command>("g0").withPorts("devices", 1)
            .withPorts("walkers", 2),
        c -> GuestDriver.create(
            new GuestDriverSpec(Mode.STRICT, 3, US, false, false, US, US, US, US, US, US),
            new GuestLayout(1000, 0, 48, 18, true, List.of()), List.of(), c)));
  }

  @Test
  void shouldFreeOnlyAfterTheInvalidationWhenStrict() {
    PartHarness<GuestDriver.Command> guest = guest(Mode.STRICT, false, MAP, UNMAP);
    guest.settle();
    assertThat(guest.marks(MachineFact.FramesAllocated.class)).hasSize(1);
    assertThat(guest.marks(MachineFact.FramesFreed.class)).isEmpty();
    ViommuQueue.Submit submit = serve(guest);
    guest.settle();

    assertThat(submit.descriptors())
        .containsExactly(new ViommuQueue.Descriptor(Kind.PAGES, -1, FOUR));
    assertThat(guest.marks(MachineFact.FramesFreed.class)).hasSize(1);
    LedgerRow unmap = rows().get(1);
    assertThat(unmap.isFinished()).isTrue();
    assertThat(unmap.accountPs(Account.QUEUE_WAIT)).isEqualTo(US);
    assertThat(unmap.accountPs(Account.IOTLB_WAIT)).isEqualTo(US);
    assertThat(unmap.accountPs(Account.STATUS_WAIT)).isEqualTo(US);
    assertThat(unmap.accountPs(Account.PAGE_FREE)).isEqualTo(4 * US);
  }

  @Test
  void shouldInvalidateWhatItMapsWhenAbsentEntriesMayBeCached() {
    PartHarness<GuestDriver.Command> guest = guest(Mode.STRICT, true, MAP);
    guest.settle();

    assertThat(serve(guest).descriptors()).hasSize(1);
    assertThat(rows()).hasSize(1).first().matches(LedgerRow::isFinished);
  }

  @Test
  void shouldFlushWhenTheQueueIsFullOrOldWhenLazy() {
    GuestAction[] work = new GuestAction[6];
    for (int i = 0; i < 3; i++) {
      work[2 * i] = new GuestAction.Map(PageRange.of(i), false);
      work[2 * i + 1] = new GuestAction.Unmap(PageRange.of(i));
    }
    PartHarness<GuestDriver.Command> guest = guest(Mode.LAZY, false, work);
    guest.runUntil(40 * US);
    assertThat(guest.marks(MachineFact.FramesFreed.class)).as("at once").hasSize(2);
    assertThat(serve(guest).descriptors().get(0).kind()).isEqualTo(Kind.DOMAIN);
    guest.runUntil(60 * US);
    assertThat(guest.marks(MachineFact.StaleWindowOpened.class)).hasSize(3);
    assertThat(guest.marks(MachineFact.StaleWindowClosed.class)).hasSize(2);

    guest.settle();
    serve(guest);
    assertThat(guest.marks(MachineFact.StaleWindowClosed.class)).hasSize(3);
    assertThat(rows()).extracting(LedgerRow::kind).last().isEqualTo("flush-queue");
  }

  @Test
  void shouldFlushBeforeItMapsWhenTheAddressIsQueued() {
    PartHarness<GuestDriver.Command> guest = guest(Mode.LAZY, false, MAP, UNMAP, MAP);
    guest.runUntil(40 * US);
    assertThat(guest.marks(MachineFact.FramesAllocated.class)).hasSize(1);
    serve(guest);
    guest.settle();

    assertThat(guest.marks(MachineFact.StaleWindowClosed.class)).hasSize(1);
    assertThat(guest.marks(MachineFact.FramesAllocated.class)).hasSize(2);
  }

  @Test
  void shouldShowItsMemoryWhileItWaitsWhenItIsRead() {
    PartHarness<GuestDriver.Command> guest = guest(Mode.STRICT, true, MAP);
    guest.settle();
    guest.tell(new GuestDriver.ViommuSaid(new ViommuQueue.Read(5, FOUR)));

    ViommuQueue.Contents contents = guest.take("reader", ViommuQueue.Contents.class).get(0);
    assertThat(contents.ticket()).isEqualTo(5);
    assertThat(contents.slots()).hasSize(4).allMatch(ViommuQueue.Slot::isPresent);
  }

  @Test
  void shouldEndInTheMiddleWhenTheEmulatorDies() {
    PartHarness<GuestDriver.Command> guest = guest(Mode.STRICT, false, MAP, UNMAP, MAP);
    guest.settle();
    guest.runUntil(guest.nowPs() + 7 * US);
    guest.tell(new GuestDriver.ViommuSaid(new ViommuQueue.Died()));
    guest.settle();

    assertThat(guest.marks(MachineFact.FramesFreed.class)).isEmpty();
    assertThat(rows()).hasSize(2).allMatch(LedgerRow::isFinished);
  }

  @Test
  void shouldWaitForAllTransfersWhenASeriesIsUnderWay() {
    PartHarness<GuestDriver.Command> guest = guest(
        Mode.STRICT, false, new GuestAction.Dma(0, 8, true, 3, US),
        new GuestAction.AwaitDma(), MAP);
    guest.settle();
    List<GuestDma.Start> starts = guest.take("devices", GuestDma.Start.class);
    assertThat(starts).hasSize(3).extracting(GuestDma.Start::tag).doesNotHaveDuplicates();
    assertThat(guest.marks(MachineFact.OperationBegan.class)).isEmpty();

    starts.forEach(start ->
        guest.tell(new GuestDriver.DeviceSaid(new GuestDma.Ended(start.tag(), false))));
    assertThat(guest.marks(MachineFact.OperationBegan.class)).hasSize(1);
    guest.tell(new GuestDriver.DeviceSaid(new GuestDma.Ended(0, false)));
    assertThat(guest.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }

  @Test
  void shouldStateABreachWhenASubmissionIsDoneThatIsNotOpen() {
    PartHarness<GuestDriver.Command> guest = guest(Mode.STRICT, false);
    guest.settle();
    guest.tell(new GuestDriver.ViommuSaid(new ViommuQueue.Done(9, 0, 0, 0)));

    assertThat(guest.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }
}
