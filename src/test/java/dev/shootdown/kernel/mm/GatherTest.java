package dev.shootdown.kernel.mm;

import static dev.shootdown.kernel.mm.PathRig.FIRST_PAGE;
import static dev.shootdown.protocol.ProgramHarness.requests;
import static dev.shootdown.protocol.ProgramHarness.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.Account;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What an mmu_gather costs, and when it has to flush in the middle of a path. */
class GatherTest {
  private static PageRange pages(long count) {
    return new PageRange(FIRST_PAGE, count);
  }

  /** With a table that stops where a visit wants it to. */
  private static PathRig exact(Era era) {
    return new PathRig(era).withKernel(request -> {
      if (!(request instanceof KernelCall.TableVisit visit)) {
        return null;
      }
      long most = Math.min(visit.range().pages(), visit.manner().entriesMost());
      List<Long> pages = LongStream.range(0, most)
          .mapToObj(i -> visit.range().firstPage() + i).toList();
      return new KernelCall.Visited(pages, pages);
    });
  }

  private static long extraBatches(Era era, String path, long count) {
    return ProgramHarness.of(new PathRig(era).run(path, pages(count)), Program.Spend.class)
        .stream()
        .filter(spend -> spend.durationPs() == PathRig.COSTS.gatherPs())
        .filter(spend -> spend.account() == Account.SOFTWARE)
        .count();
  }

  /** Linux takes the next batch as soon as the bundle of eight on the stack is full. */
  @Test
  void shouldPayForABatchOnceWhenTheBundleIsFull() {
    assertThat(extraBatches(Era.C, "munmap", 1)).isZero();
    assertThat(extraBatches(Era.C, "munmap", 7)).isZero();
    assertThat(extraBatches(Era.C, "munmap", 8)).isEqualTo(1);
    assertThat(extraBatches(Era.C, "munmap", 9)).isEqualTo(1);
    assertThat(extraBatches(Era.C, "munmap", 3000)).isEqualTo(1);
    assertThat(extraBatches(Era.C, "mprotect", 3000)).as("it gathers no pages").isZero();
  }

  @Test
  void shouldFlushAndFreeInsideThePairWhenTheGatherIsFull() {
    List<Program.Step> steps = exact(Era.C).run("munmap", pages(9_698 + 600));

    assertThat(words(steps)).containsSubsequence(
        "NotifierStart", "FlushBegan CPU", "FlushEnded CPU", "FlushBegan SECONDARY",
        "FlushEnded SECONDARY", "Free", "TableVisit", "NotifierEnd", "FlushBegan CPU",
        "FlushEnded CPU", "Free", "GatherEnd");
    assertThat(requests(steps, KernelCall.Free.class).stream()
        .mapToInt(free -> free.pfns().size()).sum()).isEqualTo(9_698 + 600);
    assertThat(requests(steps, KernelCall.Free.class))
        .extracting(free -> free.pfns().size()).containsExactly(9_698, 600);
  }

  @Test
  void shouldNotFlushInTheMiddleWhenTheGatherIsNotFull() {
    List<Program.Step> steps = new PathRig(Era.C).run("munmap", pages(9_697));

    assertThat(requests(steps, KernelCall.Free.class)).hasSize(1);
    assertThat(PathRig.cpu(steps)).hasSize(1);
  }

  /**
   * Nothing may be freed that a device still holds, and in era B the CPU flush doesn't reach
   * devices: one request for each forced flush beside the usual two.
   */
  @Test
  void shouldFlushDevicesBeforeFreeingWhenTheGatherIsFullInEraB() {
    List<Program.Step> steps = exact(Era.B).run("munmap", pages(9_698 + 600));

    assertThat(words(steps)).containsSubsequence(
        "NotifierStart", "FlushBegan CPU", "FlushEnded CPU", "FlushBegan SECONDARY",
        "FlushEnded SECONDARY", "Free", "TableVisit", "NotifierEnd");
    assertThat(PathRig.secondary(steps)).hasSize(3);
  }
}
