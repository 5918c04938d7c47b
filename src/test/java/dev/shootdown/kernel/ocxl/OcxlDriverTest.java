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

  private final OcxlDriver driver =
      driver(OcxlSpec.Pages.SMALL, OcxlSpec.Release.NONE);

  private static OcxlDriver driver(OcxlSpec.Pages pages, OcxlSpec.Release release) {
    return new OcxlDriver(new OcxlSpec(200, 0, 0, pages, release));
  }

  private List<Program.Step> flush(PageRange range) {
    return flush(driver, new FlushRules.Job(5, 0, range, false));
  }

  private static List<Program.Step> flush(OcxlDriver driver, FlushRules.Job job) {
    return ProgramHarness.run(driver.flush(job), request -> new KernelCall.Ok());
  }

  private static KernelCall.ShootDown page(long page, long pages) {
    return new KernelCall.ShootDown(0, new PageRange(page, pages), false);
  }

  @Test
  void shouldNameEachLargePageThatTheRangeTouchesWhenTheKernelsPagesAreLarge() {
    OcxlDriver large = driver(OcxlSpec.Pages.LARGE, OcxlSpec.Release.NONE);
    large.add(0, LINK);

    assertThat(ProgramHarness.requests(
            flush(large, new FlushRules.Job(5, 0, new PageRange(30, 4), false)),
            KernelCall.ShootDown.class))
        .containsExactly(page(16, 16), page(32, 16));
  }

  @Test
  void shouldTellNobodyWhenAnAddressSpaceIsReleasedAndThereIsNoCallback() {
    driver.add(0, LINK);

    assertThat(flush(driver, release())).isEmpty();
  }

  @Test
  void shouldRemoveTheElementsWithOneLaunchWhenItHasACallback() {
    OcxlDriver removing = driver(OcxlSpec.Pages.SMALL, OcxlSpec.Release.REMOVE_ELEMENTS);
    removing.add(0, LINK);

    assertThat(
            ProgramHarness.requests(flush(removing, release()), KernelCall.ShootDown.class))
        .containsExactly(new KernelCall.ShootDown(0, PageRange.ALL, true));
  }

  private static FlushRules.Job release() {
    return new FlushRules.Job(5, 0, PageRange.ALL, true)
        .with(FlushRules.Binding.RELEASING);
  }

  @Test
  void shouldLaunchPageByPageUnderTheLockWhenARangeIsFlushed() {
    driver.add(0, LINK);
    List<Program.Step> steps = flush(new PageRange(7, 2));

    assertThat(ProgramHarness.words(steps)).containsExactly(
        "FlushBegan SECONDARY", "Lock", "Spend SUBMIT", "ShootDown", "Spend SUBMIT", "ShootDown",
        "Unlock", "FlushEnded SECONDARY");
    assertThat(ProgramHarness.requests(steps, KernelCall.ShootDown.class)).containsExactly(
        page(7, 1), page(8, 1));
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
