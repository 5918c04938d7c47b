package example;

import static dev.shootdown.testkit.PartKit.ns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.testkit.PartKit;
import dev.shootdown.testkit.Probe;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PrefetchingDeviceTest {
  private static final long FIRST = 7;

  @RegisterExtension final PartKit<PrefetchingDevice.Command> device = PartKit.named("mine");
  private final Probe<Ats.ToIommu> iommu = device.probe("iommu", Ats.ToIommu.class);
  private final Probe<Dma.ToMemory> memory = device.probe("memory", Dma.ToMemory.class);

  /** A device that reads page 7 at 10 ns and page 8 at 900 ns, and prefetches one page. */
  private void start(boolean sweepPrefetched) {
    List<DmaJob> jobs = List.of(
        new DmaJob(ns(10), 0, FIRST, Access.READ, 1, 0, 64),
        new DmaJob(ns(900), 0, FIRST + 1, Access.READ, 1, 0, 64));
    device.start(ctx -> PrefetchingDevice.create(
        new PrefetchingPart.Spec(1, ns(100), sweepPrefetched), new AtsDeviceLayout(0, 0), jobs,
        ctx));
  }

  private void say(Ats.ToDevice message) {
    device.tell(new PrefetchingDevice.IommuSaid(message));
  }

  private void grant(long tag, long page) {
    say(new Ats.TranslationCompletion(tag, 0, page, 100 + page, true, 0));
  }

  @Test
  void shouldAskForTheNextPageWhenAPageWasMissed() {
    start(true);
    device.advance(ns(10));
    assertThat(iommu.takeOne()).isEqualTo(new Ats.TranslationRequest(0, 0, 0, FIRST, false));

    grant(0, FIRST);

    assertThat(memory.takeOne()).isEqualTo(new Dma.Transfer(0, 0, 100 + FIRST, false, 64));
    assertThat(iommu.takeOne())
        .isEqualTo(new Ats.TranslationRequest(0, 1, 0, FIRST + 1, false));
  }

  /** Both pages are cached, the second one by prefetching, and an invalidation names them. */
  private void prefetchAndInvalidate() {
    device.advance(ns(10));
    grant(0, FIRST);
    grant(1, FIRST + 1);
    say(new Ats.InvalidateRequest(3, 0, new PageRange(FIRST, 2)));
    device.advance(ns(100));
    iommu.take();
    memory.take();
    device.advanceTo(ns(900));
  }

  @Test
  void shouldAskAgainWhenAnInvalidationDroppedThePrefetchedPage() {
    start(true);
    prefetchAndInvalidate();

    assertThat(iommu.takeOne())
        .isEqualTo(new Ats.TranslationRequest(0, 2, 0, FIRST + 1, false));
    assertThat(memory.take()).isEmpty();
  }

  @Test
  void shouldUseThePrefetchedPageWhenItForgetsToDropIt() {
    start(false);
    prefetchAndInvalidate();

    assertThat(memory.takeOne()).isEqualTo(new Dma.Transfer(0, 1, 101 + FIRST, false, 64));
  }

  @Test
  void shouldAnswerAnInvalidationWhenTheTransferThatUsedThePageIsOver() {
    start(true);
    device.advance(ns(10));
    grant(0, FIRST);
    say(new Ats.InvalidateRequest(3, 0, PageRange.of(FIRST)));
    iommu.take();
    device.advance(ns(100));
    assertThat(iommu.take()).isEmpty();

    device.tell(new PrefetchingDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(iommu.takeOne()).isEqualTo(new Ats.InvalidateCompletion(0, 3));
  }

  @Test
  void shouldCacheNothingWhenAnInvalidationOvertookTheAnswer() {
    start(true);
    device.advance(ns(10));
    say(new Ats.InvalidateRequest(3, 0, PageRange.of(FIRST)));

    grant(0, FIRST);

    assertThat(device.facts(MachineFact.FillDiscarded.class))
        .containsExactly(new MachineFact.FillDiscarded(0, FIRST));
    assertThat(device.facts(MachineFact.Filled.class)).isEmpty();
  }

  @Test
  void shouldStateABreachWhenTheIommuAnswersWhatNobodyAsked() {
    start(true);

    grant(9, FIRST);

    assertThat(device.takeBreaches()).hasSize(1);
  }
}
