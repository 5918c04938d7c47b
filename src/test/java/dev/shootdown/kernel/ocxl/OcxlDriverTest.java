package dev.shootdown.kernel.ocxl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class OcxlDriverTest {
  private static final int LINK = 12;

  private final OcxlDriver driver = new OcxlDriver(200);

  private List<Program.Step> flush(PageRange range) {
    return ProgramHarness.run(
        driver.flush(new FlushRules.Job(5, 0, range, false)), request -> new KernelCall.Ok());
  }

  @Test
  void shouldLaunchPageByPageUnderTheLockWhenARangeIsFlushed() {
    driver.add(0, LINK);
    List<Program.Step> steps = flush(new PageRange(7, 2));

    assertThat(ProgramHarness.words(steps)).containsExactly(
        "FlushBegan SECONDARY", "Lock", "Spend SUBMIT", "ShootDown", "Spend SUBMIT", "ShootDown",
        "Unlock", "FlushEnded SECONDARY");
    assertThat(ProgramHarness.requests(steps, KernelCall.ShootDown.class)).containsExactly(
        new KernelCall.ShootDown(0, PageRange.of(7)),
        new KernelCall.ShootDown(0, PageRange.of(8)));
    assertThat(ProgramHarness.of(steps, Program.Ask.class)).extracting(Program.Ask::domain)
        .containsOnly(LINK);
  }

  @Test
  void shouldFlushTwiceWhenAProcessHasTwoElementsOnALink() {
    driver.add(0, LINK);
    driver.add(0, LINK);
    List<Program.Step> steps = flush(PageRange.of(7));

    assertThat(ProgramHarness.requests(steps, KernelCall.ShootDown.class)).hasSize(2);
    assertThat(ProgramHarness.requests(steps, KernelCall.Lock.class)).hasSize(2);
    assertThat(ProgramHarness.flushes(steps, MachineFact.Audience.SECONDARY)).hasSize(1);
  }

  @Test
  void shouldForgetTheProcessAtOnceAndGoOnWhenEverythingIsFlushed() {
    driver.add(0, LINK);
    Program program = driver.flush(new FlushRules.Job(5, 0, PageRange.ALL, false));
    Program.Step step = program.next(new Program.Done(), 0);
    int launches = 0;
    for (int i = 0; i < 10_000; i++) {
      step = program.next(new Program.Done(), 0);
      if (step instanceof Program.Ask ask
          && ask.request() instanceof KernelCall.ShootDown shootDown) {
        assertThat(shootDown.range())
            .isEqualTo(launches == 0 ? PageRange.ALL : PageRange.of(launches));
        launches++;
      }
    }

    assertThat(launches).as("there is no other way to flush everything").isEqualTo(4_999);
  }

  @Test
  void shouldOnlyTakeTheLockWhenTheRangeIsEmpty() {
    driver.add(0, LINK);

    assertThat(ProgramHarness.words(flush(FlushRules.TOP))).containsExactly(
        "FlushBegan SECONDARY", "Lock", "Unlock", "FlushEnded SECONDARY");
  }

  @Test
  void shouldDoNothingWhenTheProcessHasNoElement() {
    driver.add(1, LINK);

    assertThat(flush(PageRange.ALL)).isEmpty();
  }
}
