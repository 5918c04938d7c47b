package dev.shootdown.hardware.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapiLinkTest {
  private static final long WALK_PS = 40;
  private static final long SHOOT_DOWN_PS = 300;

  private static PartHarness<CapiLink.Command> link(boolean dropsRacing, CapiJob... jobs) {
    CapiLinkSpec spec = new CapiLinkSpec(16, 4, 10, WALK_PS, SHOOT_DOWN_PS, dropsRacing);
    return new PartHarness<>(
        new RecordingCtx<CapiLink.Command>("capi0").withPorts("tables", 2).withPorts("dvm", 1),
        ctx -> CapiLink.create(spec, new CapiLinkLayout(6, 3), List.of(jobs), ctx));
  }

  private static CapiJob job(int context, int mm, long page, boolean write, int count) {
    return new CapiJob(context, mm, new GpuJob(0, page, write, count, 1_000));
  }

  private static void entry(PartHarness<CapiLink.Command> link, int job, int mm, long pfn) {
    link.tell(
        new CapiLink.TableAnswered(
            new PageWalk.Entry(job, mm, 7, pfn, pfn >= 0, link.nowPs())));
  }

  private static void shootDown(PartHarness<CapiLink.Command> link, int mm, PageRange range) {
    link.tell(new CapiLink.DriverSaid(new OpenCapi.ShootDown(9, mm, range, false)));
  }

  private static void acknowledge(PartHarness<CapiLink.Command> link, boolean restart) {
    link.tell(new CapiLink.DriverSaid(new OpenCapi.Acknowledged(restart)));
  }

  private static List<PageWalk.Walk> walks(PartHarness<CapiLink.Command> link) {
    return link.take("tables", PageWalk.Walk.class);
  }

  private static List<OpenCapi.ToDriver> said(PartHarness<CapiLink.Command> link) {
    return link.take("driver", OpenCapi.ToDriver.class);
  }

  private static <F extends MachineFact> int stated(
      PartHarness<CapiLink.Command> link, Class<F> type) {
    return link.marks(type).size();
  }

  @Test
  void shouldWalkOnceAndRunToTheEndWhenItsPageStays() {
    PartHarness<CapiLink.Command> link = link(true, job(0, 1, 7, true, 3));
    link.settle();
    assertThat(walks(link)).containsExactly(new PageWalk.Walk(6, 0, 1, 7, true));
    entry(link, 0, 1, 70);
    link.settle();

    assertThat(link.markedAtPs(MachineFact.Used.class))
        .containsExactly(WALK_PS, WALK_PS + 1_000, WALK_PS + 2_000);
    assertThat(walks(link)).isEmpty();
  }

  @Test
  void shouldRaiseOneFaultAtATimeWhenSeveralElementsFault() {
    PartHarness<CapiLink.Command> link =
        link(true, job(0, 0, 7, true, 1), job(1, 1, 8, false, 1));
    link.settle();
    entry(link, 0, 0, -1);
    entry(link, 1, 1, -1);
    assertThat(said(link)).containsExactly(new OpenCapi.Faulted(0, 0, 7, true));
    assertThat(stated(link, MachineFact.FaultRaised.class)).isEqualTo(2);

    acknowledge(link, true);
    assertThat(said(link)).containsExactly(new OpenCapi.Faulted(1, 1, 8, false));
    acknowledge(link, false);
    assertThat(said(link)).isEmpty();
  }

  @Test
  void shouldWalkAgainWhenRestartedAndGiveUpWhenTheAddressIsWrong() {
    PartHarness<CapiLink.Command> link = link(true, job(0, 0, 7, true, 1));
    link.settle();
    walks(link);
    entry(link, 0, 0, -1);
    acknowledge(link, true);
    link.settle();
    assertThat(walks(link)).hasSize(1);
    entry(link, 0, 0, -1);
    assertThat(stated(link, MachineFact.FaultRetried.class)).isEqualTo(1);
    acknowledge(link, false);
    link.settle();

    assertThat(walks(link)).isEmpty();
    assertThat(link.marks(MachineFact.FaultResolved.class))
        .containsExactly(
            new MachineFact.FaultResolved(0, MachineFact.Resolution.REFUSED));
    assertThat(stated(link, MachineFact.Denied.class)).isEqualTo(1);
    assertThat(stated(link, MachineFact.Used.class)).isZero();
  }

  @Test
  void shouldForgetBeforeItAnswersWhenAPageIsShotDown() {
    PartHarness<CapiLink.Command> link = link(true, job(0, 0, 7, true, 2));
    link.settle();
    walks(link);
    entry(link, 0, 0, 70);
    shootDown(link, 0, PageRange.of(7));
    assertThat(said(link)).isEmpty();
    link.runUntil(link.nowPs() + SHOOT_DOWN_PS);
    assertThat(said(link)).containsExactly(new OpenCapi.ShotDown(9));
    assertThat(stated(link, MachineFact.Dropped.class)).isEqualTo(1);
    link.settle();

    assertThat(walks(link)).as("the second access").hasSize(1);
  }

  @Test
  void shouldSpareOtherProcessesAndPagesWhenAPageIsShotDown() {
    PartHarness<CapiLink.Command> link = link(true, job(0, 0, 7, true, 2));
    link.settle();
    walks(link);
    entry(link, 0, 0, 70);
    shootDown(link, 1, PageRange.ALL);
    shootDown(link, 0, PageRange.of(8));
    link.settle();

    assertThat(walks(link)).isEmpty();
    assertThat(stated(link, MachineFact.Used.class)).isEqualTo(2);
  }

  @Test
  void shouldWalkAgainWhenAShootDownOvertookTheWalk() {
    for (boolean drops : new boolean[] {true, false}) {
      PartHarness<CapiLink.Command> link = link(drops, job(0, 0, 7, true, 1));
      link.settle();
      walks(link);
      shootDown(link, 0, PageRange.ALL);
      link.settle();
      entry(link, 0, 0, 70);

      assertThat(stated(link, MachineFact.FillDiscarded.class)).isEqualTo(drops ? 1 : 0);
      assertThat(stated(link, MachineFact.Used.class)).isEqualTo(drops ? 0 : 1);
      assertThat(walks(link)).hasSize(drops ? 1 : 0);
    }
  }

  /** One access has its page, one walks, one waits for its fault. */
  @Test
  void shouldTranslateNothingMoreWhenTheElementsAreRemoved() {
    PartHarness<CapiLink.Command> link =
        link(true, job(0, 0, 7, true, 3), job(0, 0, 8, true, 1), job(0, 0, 9, true, 1),
            job(1, 1, 7, true, 2));
    link.settle();
    entry(link, 0, 0, 70);
    entry(link, 2, 0, -1);
    entry(link, 3, 1, 71);
    walks(link);
    link.tell(
        new CapiLink.DriverSaid(new OpenCapi.ShootDown(9, 0, PageRange.ALL, true)));
    link.settle();
    entry(link, 1, 0, 72);
    acknowledge(link, true);
    link.settle();

    assertThat(stated(link, MachineFact.Denied.class)).isEqualTo(3);
    assertThat(link.marks(MachineFact.Used.class)).extracting(MachineFact.Used::pfn)
        .as("the other process goes on").containsExactly(70L, 71L, 71L);
    assertThat(walks(link)).isEmpty();
  }

  @Test
  void shouldAcknowledgeATlbieAfterItHasForgotten() {
    PartHarness<CapiLink.Command> link = link(true, job(0, 0, 7, true, 1));
    link.settle();
    entry(link, 0, 0, 70);
    Broadcast.What what =
        new Broadcast.What(0, PageRange.of(7), 2, FlushHandler.Walks.KEEP, false);
    link.tell(new CapiLink.Snooped(new Broadcast.Forget(5, what)));
    assertThat(link.take("dvm", Broadcast.ToInterconnect.class)).isEmpty();
    link.settle();

    assertThat(stated(link, MachineFact.Dropped.class)).isEqualTo(1);
    assertThat(link.take("dvm", Broadcast.ToInterconnect.class))
        .containsExactly(new Broadcast.Forgotten(3, 5));
  }

  @Test
  void shouldWalkForWritingWhenTheEntryIsNotKnownToBeDirty() {
    PartHarness<CapiLink.Command> link =
        link(true, job(0, 0, 7, false, 1),
            new CapiJob(0, 0, new GpuJob(5_000, 7, true, 1, 0)));
    link.runUntil(1_000);
    walks(link);
    link.tell(
        new CapiLink.TableAnswered(
            new PageWalk.Entry(0, 0, 7, 70, true, 1_000, false, 0, -1)));
    link.settle();

    assertThat(walks(link)).hasSize(1).allMatch(PageWalk.Walk::forWrite);
  }

  @Test
  void shouldStateABreachWhenItIsToldWhatItDidNotAskFor() {
    PartHarness<CapiLink.Command> link = link(true, job(0, 0, 7, true, 1));
    entry(link, 0, 0, 70);
    entry(link, 4, 0, 70);
    acknowledge(link, true);
    link.tell(new CapiLink.Snooped(new Broadcast.Synced(1)));

    assertThat(stated(link, MachineFact.ProtocolBreach.class)).isEqualTo(4);
    assertThat(stated(link, MachineFact.Used.class)).isZero();
  }

  @Test
  void shouldHandleEveryCommand() {
    CommandAudit.check(CapiLink.Command.class, () -> link(true, job(0, 0, 7, true, 1)));
  }
}
