package dev.shootdown.kernel.hmm;

import static dev.shootdown.kernel.hmm.MirrorRig.AREA;
import static dev.shootdown.kernel.hmm.MirrorRig.ELSEWHERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import org.junit.jupiter.api.Test;

/** A memory region on demand: when it has notifiers, and whom they concern. */
class OnDemandTest {
  private static final long CHILD_PS = 5_000;
  private static final PageRange FIRST_CHILD = new PageRange(100, 2);

  private MirrorRig region = new MirrorRig(new MirrorDriver.OnDemand(2, CHILD_PS));

  private void fill(long page, long pfn) {
    region.want(1, page, true);
    region.runFor(CHILD_PS + 100);
    region.present(pfn);
    region.runFor(100);
    region.toldToGpu();
  }

  /** A whole bracket over {@code range}. */
  private void invalidate(PageRange range) {
    region.start(range, true);
    region.runFor(1_000);
    if (!region.toldToGpu().isEmpty()) {
      region.forgotten();
    }
    region.runFor(1_000);
    region.end(range);
    region.results();
  }

  @Test
  void shouldMakeAChildOnlyWhenAFaultComesAndOnceForTwo() {
    region.want(1, 100, true);
    region.want(2, 101, true);
    region.runFor(CHILD_PS);
    assertThat(region.walked()).as("the child is being made").isEmpty();
    region.runFor(100);
    assertThat(region.walked()).containsExactly(100L, 101L);
    region.want(3, 101, true);
    region.runFor(100);

    assertThat(region.walked()).as("the child is there").containsExactly(101L);
  }

  @Test
  void shouldHearOfNothingWhenThereIsNoChild() {
    fill(102, 70);
    region.start(FIRST_CHILD, false);

    assertThat(region.results()).as("else it would refuse")
        .containsExactly(new KernelCall.Ok());
    region.start(AREA, false);
    assertThat(region.results()).containsExactly(new KernelCall.Again());
  }

  @Test
  void shouldLoseTheChildWithItsLastPageAndMakeAnotherWhenAFaultComes() {
    fill(100, 70);
    fill(101, 71);
    invalidate(PageRange.of(100));
    region.start(PageRange.of(100), false);
    assertThat(region.results()).as("page 101 is left").containsExactly(new KernelCall.Again());
    invalidate(PageRange.of(101));
    region.start(FIRST_CHILD, false);
    assertThat(region.results()).containsExactly(new KernelCall.Ok());
    region.end(FIRST_CHILD);

    region.want(1, 100, true);
    region.runFor(CHILD_PS);
    assertThat(region.walked()).isEmpty();
    region.runFor(100);
    assertThat(region.walked()).containsExactly(100L);
  }

  /** Its fill must hear of the next invalidation. */
  @Test
  void shouldKeepTheChildWhenAFaultIsUnderWayInIt() {
    fill(100, 70);
    region.want(1, 101, true);
    region.runFor(30);
    invalidate(PageRange.of(100));
    region.present(71);
    region.runFor(200);
    region.start(FIRST_CHILD, false);

    assertThat(region.results()).containsExactly(new KernelCall.Again());
  }

  /** A fill of page 102 is under way while page 100, which was used, is invalidated. */
  @Test
  void shouldTryAgainOnlyWhenItsOwnNotifierCollided() {
    for (long childPages : new long[] {0, 2}) {
      region = new MirrorRig(new MirrorDriver.OnDemand(childPages, CHILD_PS));
      fill(100, 69);
      region.want(2, 102, true);
      region.runFor(CHILD_PS + 30);
      invalidate(PageRange.of(100));
      region.present(70);
      region.runFor(100);

      assertThat(region.retries()).as("%d pages in a child", childPages)
          .isEqualTo(childPages == 0 ? 1 : 0);
    }
  }

  @Test
  void shouldRefuseEveryAtomicStartOfItsPagesWhenItIsExplicit() {
    region = new MirrorRig(new MirrorDriver.OnDemand(0, 0));
    region.start(PageRange.of(101), false);
    region.start(ELSEWHERE, false);

    assertThat(region.results())
        .containsExactly(new KernelCall.Again(), new KernelCall.Ok());
  }

  /** The child comes while something else is invalidated: its fault sleeps until that is over. */
  @Test
  void shouldSleepWhenTheChildIsMadeDuringAnotherInvalidation() {
    region.start(ELSEWHERE, true);
    region.want(1, 100, true);
    region.runFor(CHILD_PS + 1_000);
    assertThat(region.walked()).isEmpty();
    region.end(ELSEWHERE);
    region.runFor(100);
    region.present(70);
    region.runFor(100);

    assertThat(region.toldToGpu()).containsExactly(
        new Mirror.Mapped(1, 100, 70, true, region.part.nowPs() - 100));
    assertThat(region.retries()).isZero();
  }
}
