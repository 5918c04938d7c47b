package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlushQueueTest {
  private static final int MM = 1;
  private static final long PERIOD_PS = 1_000;

  private final VtdDriver driver = new VtdDriver(1, 18);
  private final FlushQueue queue = new FlushQueue(driver, new FlushQueueSpec(4, PERIOD_PS));

  FlushQueueTest() {
    driver.bind(MM, new VtdDriver.Bound(0, 0));
  }

  private List<Program.Step> defer(long page) {
    return ProgramHarness.run(
        queue.defer(new FlushRules.Job(8, MM, PageRange.of(page), false)),
        request -> new KernelCall.Ok());
  }

  private static long facts(List<Program.Step> steps, Class<? extends MachineFact> type) {
    return ProgramHarness.of(steps, Program.Note.class).stream()
        .filter(note -> type.isInstance(note.fact())).count();
  }

  @Test
  void shouldAnnounceTheWindowAndFlushNothingWhenThereIsRoom() {
    List<Program.Step> steps = defer(7);

    assertThat(steps).containsExactly(
        new Program.Note(new MachineFact.StaleWindowOpened(MM, PageRange.of(7))));
    assertThat(queue.deadlinePs()).isEqualTo(PERIOD_PS);
  }

  /** One entry less than the ring has fits: a full ring would look empty. */
  @Test
  void shouldFlushTheWholeAddressSpaceWhenTheRingIsFull() {
    for (int i = 0; i < 3; i++) {
      assertThat(ProgramHarness.of(defer(i), Program.Submit.class)).isEmpty();
    }
    List<Program.Step> steps = defer(3);

    assertThat(ProgramHarness.flushes(steps, MachineFact.Audience.SECONDARY))
        .extracting(MachineFact.FlushBegan::flushed).containsExactly(PageRange.ALL);
    assertThat(facts(steps, MachineFact.StaleWindowClosed.class)).isEqualTo(3);
    assertThat(facts(steps, MachineFact.StaleWindowOpened.class)).isEqualTo(1);
  }

  @Test
  void shouldFlushWhenTheTimerIsDueAndNotBefore() {
    defer(7);
    Program early = queue.expire();
    assertThat(early.next(new Program.Done(), PERIOD_PS - 1))
        .isInstanceOf(Program.Finish.class);
    Program due = queue.expire();
    assertThat(due.next(new Program.Done(), PERIOD_PS)).isInstanceOf(Program.Run.class);
    assertThat(due.next(new Program.Done(), PERIOD_PS)).isInstanceOf(Program.Finish.class);
    assertThat(queue.deadlinePs()).isEqualTo(FlushQueue.NEVER_PS);

    assertThat(queue.expire().next(new Program.Done(), 9 * PERIOD_PS))
        .as("nothing is queued").isInstanceOf(Program.Finish.class);
  }

  @Test
  void shouldFlushAtOnceWhenItIsAskedForThat() {
    assertThat(ProgramHarness.of(ProgramHarness.run(
        queue.flush(new FlushRules.Job(8, MM, PageRange.of(7), false)),
        request -> new KernelCall.Ok()), Program.Submit.class)).hasSize(1);
  }
}
