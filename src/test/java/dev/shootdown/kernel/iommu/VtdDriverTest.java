package dev.shootdown.kernel.iommu;

import static dev.shootdown.protocol.ProgramHarness.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Step;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.FlushBegan;
import java.util.List;
import org.junit.jupiter.api.Test;

class VtdDriverTest {
  private static final PageRange RANGE = new PageRange(7, 4);
  private static final PageRange BLOCK = new PageRange(0, 16);

  private final VtdDriver driver = new VtdDriver(100, 18);

  private List<Step> flush(int mm) {
    return ProgramHarness.run(
        driver.flush(new FlushRules.Job(8, mm, RANGE, false)), request -> new KernelCall.Ok());
  }

  @Test
  void shouldDoNothingWhenNoDeviceIsBound() {
    driver.bind(1, new VtdDriver.Bound(0, 0));

    assertThat(flush(2)).isEmpty();
  }

  /** Or a device could refill from the IOTLB what it has just dropped. */
  @Test
  void shouldPutTheIotlbBeforeTheDevicesWhenItSubmits() {
    driver.bind(1, new VtdDriver.Bound(0, 3));
    driver.bind(1, new VtdDriver.Bound(0, 1));
    driver.bind(2, new VtdDriver.Bound(0, 2));

    assertThat(ProgramHarness.of(flush(1), Program.Submit.class))
        .containsExactly(new Program.Submit(0, List.of(
            new Invalidation.Iotlb(1, BLOCK), new Invalidation.DeviceTlb(3, 1, BLOCK),
            new Invalidation.DeviceTlb(1, 1, BLOCK))));
  }

  @Test
  void shouldPollWithInterruptsOffWhenItWaits() {
    driver.bind(1, new VtdDriver.Bound(0, 0));
    List<Step> steps = flush(1);

    assertThat(words(steps)).containsExactly(
        "FlushBegan SECONDARY", "Interrupts off", "Spend SUBMIT", "Submit",
        "AwaitInvalidation", "Interrupts on", "FlushEnded SECONDARY");
    assertThat(steps).contains(new Program.Spend(Account.SUBMIT, 100));
  }

  @Test
  void shouldWaitOnceWhenSeveralIommusAreConcerned() {
    driver.bind(1, new VtdDriver.Bound(1, 0));
    driver.bind(1, new VtdDriver.Bound(0, 0));
    List<Step> steps = flush(1);

    assertThat(ProgramHarness.of(steps, Program.Submit.class))
        .extracting(Program.Submit::iommu).containsExactly(0, 1);
    assertThat(ProgramHarness.of(steps, Program.AwaitInvalidation.class)).hasSize(1);
    assertThat(ProgramHarness.flushes(steps, Audience.SECONDARY)).containsExactly(
        new FlushBegan(8, Audience.SECONDARY, 1, RANGE, BLOCK, 2));
  }
}
