package example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;

class PrefetchingDeviceTest {
  private static final long NS = 1000;
  private static final long FIRST = 7;

  private final RecordingCtx<PrefetchingDevice.Command> ctx = new RecordingCtx<>("mine");
  private BehaviorTestKit<PrefetchingDevice.Command> kit;

  /** A device that reads page 7 at 10 ns and page 8 at 900 ns, and prefetches one page. */
  private void start(boolean sweepPrefetched) {
    List<DmaJob> jobs = List.of(
        new DmaJob(10 * NS, 0, FIRST, Access.READ, 1, 0, 64),
        new DmaJob(900 * NS, 0, FIRST + 1, Access.READ, 1, 0, 64));
    kit = BehaviorTestKit.create(PrefetchingDevice.create(
        new PrefetchingPart.Spec(1, 100 * NS, sweepPrefetched), new AtsDeviceLayout(0, 0), jobs,
        ctx));
  }

  private void run(long untilNs) {
    ctx.run(kit::run, untilNs * NS);
  }

  private void say(Ats.ToDevice message) {
    kit.run(new PrefetchingDevice.IommuSaid(message));
  }

  private void grant(long tag, long page) {
    say(new Ats.TranslationCompletion(tag, 0, page, 100 + page, true, 0));
  }

  private List<Object> sent() {
    return ctx.takeSent().stream().map(RecordingCtx.Sent::message).toList();
  }

  @Test
  void shouldAskForTheNextPageWhenAPageWasMissed() {
    start(true);
    run(10);
    assertThat(sent()).containsExactly(new Ats.TranslationRequest(0, 0, 0, FIRST, false));

    grant(0, FIRST);

    assertThat(sent()).containsExactly(
        new Dma.Transfer(0, 0, 100 + FIRST, false, 64),
        new Ats.TranslationRequest(0, 1, 0, FIRST + 1, false));
  }

  @Test
  void shouldAskAgainWhenAnInvalidationDroppedThePrefetchedPage() {
    start(true);
    run(10);
    grant(0, FIRST);
    grant(1, FIRST + 1);
    say(new Ats.InvalidateRequest(3, 0, new PageRange(FIRST, 2)));
    run(110);
    sent();

    run(900);

    assertThat(sent()).containsExactly(
        new Ats.TranslationRequest(0, 2, 0, FIRST + 1, false));
  }

  @Test
  void shouldUseThePrefetchedPageWhenItForgetsToDropIt() {
    start(false);
    run(10);
    grant(0, FIRST);
    grant(1, FIRST + 1);
    say(new Ats.InvalidateRequest(3, 0, new PageRange(FIRST, 2)));
    run(110);
    sent();

    run(900);

    assertThat(sent()).containsExactly(new Dma.Transfer(0, 1, 101 + FIRST, false, 64));
  }

  @Test
  void shouldAnswerAnInvalidationWhenTheTransferThatUsedThePageIsOver() {
    start(true);
    run(10);
    grant(0, FIRST);
    say(new Ats.InvalidateRequest(3, 0, PageRange.of(FIRST)));
    sent();
    run(110);
    assertThat(sent()).isEmpty();

    kit.run(new PrefetchingDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(sent()).containsExactly(new Ats.InvalidateCompletion(0, 3));
  }

  @Test
  void shouldCacheNothingWhenAnInvalidationOvertookTheAnswer() {
    start(true);
    run(10);
    say(new Ats.InvalidateRequest(3, 0, PageRange.of(FIRST)));

    grant(0, FIRST);

    assertThat(ctx.marks()).extracting(RecordingCtx.Marked::fact)
        .contains(new MachineFact.FillDiscarded(0, FIRST))
        .noneMatch(MachineFact.Filled.class::isInstance);
  }
}
