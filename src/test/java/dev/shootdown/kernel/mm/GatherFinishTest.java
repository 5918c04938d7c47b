package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tlb_end_vma and tlb_finish_mmu flush, alone and beside another gather. */
class GatherFinishTest {
  private static final String[] FINISH = {
    "gather-begin", "pte-protect", "gather-check", "commit", "AB: sec-inv-nested", "gather-end"
  };

  /** Another CPU's gather is active all the time. */
  private static Trip besideAnother(Era era) {
    Trip trip = Trip.era(era);
    trip.kernel.run(
        1, new PathProgram(PathJob.of(Trip.path("other", "gather-begin"), 0, Trip.FOUR),
            trip.setup));
    return trip;
  }

  /** Linux 4.14: __tlb_adjust_range(tlb, start, end - start), for CPUs and secondary TLBs. */
  @Test
  void shouldFlushWhatTheGatherWasBegunForWhenItIsNestedInEraA() {
    Trip trip = besideAnother(Era.A);
    trip.run(PathJob.of(Trip.path("p", FINISH), 0, new PageRange(10, 40)));

    assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(new PageRange(10, 40));
    assertThat(trip.rules.secondaryJobs).extracting(FlushRules.Job::range)
        .containsExactly(new PageRange(10, 40));
  }

  /** Linux 6.1: fullmm, whose range is empty and at the top (7a30df49f63a). */
  @Test
  void shouldFlushEverythingButTellNothingWhenItIsNestedInEraB() {
    Trip trip = besideAnother(Era.B);
    trip.run(FINISH);

    assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(PageRange.ALL);
    assertThat(trip.rules.secondaryJobs).extracting(FlushRules.Job::range)
        .containsExactly(FlushRules.TOP);
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void shouldFlushNothingAtTheFinishWhenTheAreasEndHasFlushedIt(Era era) {
    Trip trip = Trip.era(era);
    trip.run("gather-begin", "pte-protect", "commit", "B: sec-inv-nested", "gather-check",
        "commit", "AB: sec-inv-nested", "gather-end");

    assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(Trip.FOUR);
    assertThat(trip.rules.secondaryJobs).hasSize(era == Era.B ? 1 : 0);
  }

  /** The area's end asks nobody; the finish does, and then flushes whatever has been flushed. */
  @ParameterizedTest
  @EnumSource(Era.class)
  void shouldFlushOnceMoreAtTheFinishWhenItIsNested(Era era) {
    Trip trip = besideAnother(era);
    trip.run("gather-begin", "pte-protect", "commit", "gather-check", "commit", "gather-end");

    assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(Trip.FOUR, era == Era.A ? Trip.FOUR : PageRange.ALL);
  }
}
