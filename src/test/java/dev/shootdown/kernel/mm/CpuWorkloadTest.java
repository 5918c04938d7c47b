package dev.shootdown.kernel.mm;

import static dev.shootdown.protocol.ProgramHarness.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.arch.Arch;
import dev.shootdown.kernel.arch.ArchRules;
import dev.shootdown.kernel.arch.ArchSpec;
import dev.shootdown.kernel.arch.Place;
import dev.shootdown.kernel.arch.X86Rules;
import dev.shootdown.kernel.iommu.VtdDriver;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Step;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuWorkloadTest {
  private static final PageRange TWO = new PageRange(7, 2);

  private static CpuWorkload workload(Action... actions) {
    VtdDriver driver = new VtdDriver(100, 18);
    X86Rules rules = new X86Rules(1, PathRig.MAP, 33, Era.C, driver::flush);
    return new CpuWorkload(1, List.of(actions), PathRig.MAP, PathRig.COSTS, Era.C, rules);
  }

  private static List<Step> run(Action... actions) {
    return ProgramHarness.run(
        workload(actions),
        request -> ProgramHarness.answer(
            request, new KernelCall.FlushTargets(2, List.of(), List.of())));
  }

  /** Runs a touch of page 7; the first {@code faults} tries fault. */
  private static List<Step> faulting(int faults, KernelCall.Area area, boolean wasMapped) {
    CpuWorkload whole = workload(new Action.TouchAll(0, PageRange.of(7), Access.WRITE));
    List<Step> steps = new ArrayList<>();
    Program.Outcome last = new Program.Done();
    int left = faults;
    Step step = whole.next(last, 0);
    while (!(step instanceof Program.Finish)) {
      last = new Program.Done();
      if (step instanceof Program.Run run) {
        steps.addAll(ProgramHarness.run(run.program(), request -> answer(
            request, area, wasMapped)));
      } else {
        steps.add(step);
        if (step instanceof Program.Touch && left-- > 0) {
          last = new Program.Faulted(7, Access.WRITE);
        }
      }
      step = whole.next(last, 0);
    }
    return steps;
  }

  private static KernelCall.Result answer(
      KernelCall.Request request, KernelCall.Area area, boolean wasMapped) {
    if (request instanceof KernelCall.FindArea) {
      return area;
    } else if (request instanceof KernelCall.TableVisit visit
        && visit.visit() == KernelCall.Visit.LOOK) {
      return new KernelCall.Visited(
          List.of(7L), List.of(900L),
          List.of(new KernelCall.Seen(KernelCall.EntryKind.PRESENT, false, false, false, 0)),
          List.of());
    } else if (request instanceof KernelCall.Inspect) {
      return new KernelCall.FrameStates(
          List.of(
              new KernelCall.FrameState(900, KernelCall.FrameKind.ANON, 1, 1, true)));
    } else if (request instanceof KernelCall.TableVisit visit) {
      boolean nothing = wasMapped == (visit.visit() == KernelCall.Visit.SET);
      return nothing
          ? new KernelCall.Visited(List.of(), List.of())
          : new KernelCall.Visited(List.of(7L), List.of(900L));
    }
    return ProgramHarness.answer(
        request, new KernelCall.FlushTargets(2, List.of(), List.of()));
  }

  /** A flush that saw this CPU in the mask must find the tables loaded when it is served. */
  @Test
  void shouldKeepInterruptsOffWhenItTakesAnAddressSpaceUp() {
    List<Step> steps = run(new Action.SwitchTo(1));

    assertThat(words(steps))
        .containsExactly("Interrupts off", "TakeUp", "Load", "Interrupts on");
    assertThat(steps).contains(new Program.Load(1, 5));
  }

  @Test
  void shouldLeaveTheOldOneWhenItTakesAnotherUp() {
    assertThat(words(run(new Action.SwitchTo(1), new Action.SwitchTo(0)))).containsExactly(
        "Interrupts off", "TakeUp", "Load", "Interrupts on",
        "Interrupts off", "Leave", "TakeUp", "Load", "Interrupts on");
  }

  @Test
  void shouldStayInTheMaskAsALazyOneDoesWhenTheArchitectureKeepsItThere() {
    ArchSpec plain = ArchSpec.of(Arch.X86);
    ArchSpec spec = new ArchSpec(
        plain.flushCeiling(), false, true, false, 3, 4_000, 0, true, 8, true, 512, 0, 0, true);
    FlushRules rules = ArchRules.of(
        Arch.X86, spec,
        new Place(1, 2, PathRig.MAP, Era.C, job -> (last, nowPs) -> new Program.Finish())).rules();
    List<Step> steps = ProgramHarness.run(
        new CpuWorkload(
            1, List.of(new Action.SwitchTo(1), new Action.SwitchTo(0)), PathRig.MAP,
            PathRig.COSTS, Era.C, rules),
        request -> ProgramHarness.answer(
            request, new KernelCall.FlushTargets(2, List.of(), List.of())));

    assertThat(words(steps)).contains("GoLazy").doesNotContain("Leave");
  }

  @Test
  void shouldTakeItUpAgainWhenItHasSlept() {
    assertThat(words(run(new Action.SwitchTo(1), new Action.SleepFor(500)))).containsExactly(
        "Interrupts off", "TakeUp", "Load", "Interrupts on", "GoLazy", "BeLazy", "Until",
        "Interrupts off", "TakeUp", "Load", "Interrupts on");
  }

  @Test
  void shouldNotSleepWhenTheTimeIsPast() {
    assertThat(words(run(new Action.SwitchTo(1), new Action.SleepUntil(0))))
        .containsExactly("Interrupts off", "TakeUp", "Load", "Interrupts on");
  }

  @Test
  void shouldTouchEveryPageOnceWhenNothingFaults() {
    List<Step> steps = run(new Action.TouchAll(0, TWO, Access.READ), new Action.SpinFor(5));

    assertThat(steps).containsExactly(
        new Program.Touch(0, 7, Access.READ), new Program.Touch(0, 8, Access.READ),
        new Program.Spend(Account.USER, 5));
  }

  @Test
  void shouldTouchAgainWhenThePageWasMissing() {
    List<Step> steps = faulting(1, new KernelCall.Area(true, true), false);

    assertThat(words(steps)).containsExactly(
        "Touch", "Begin", "Spend SOFTWARE", "Lock", "FindArea", "Allocate", "Spend PAGE_ALLOC",
        "TableVisit", "Unlock", "End", "Touch");
  }

  @Test
  void shouldReturnTheFrameAndUpgradeWhenThePageWasThere() {
    List<Step> steps = faulting(1, new KernelCall.Area(true, true), true);

    assertThat(ProgramHarness.requests(steps, KernelCall.TableVisit.class))
        .extracting(KernelCall.TableVisit::visit)
        .containsExactly(
            KernelCall.Visit.SET, KernelCall.Visit.LOOK, KernelCall.Visit.UPGRADE);
    assertThat(ProgramHarness.requests(steps, KernelCall.Free.class))
        .extracting(KernelCall.Free::pfns).containsExactly(List.of(900L));
    assertThat(words(steps)).endsWith("Unlock", "End", "Touch");
  }

  @Test
  void shouldGiveUpWhenNoAreaAllowsIt() {
    for (KernelCall.Area area :
        List.of(new KernelCall.Area(false, false), new KernelCall.Area(true, false))) {
      List<Step> steps = faulting(99, area, false);

      assertThat(words(steps)).containsExactly(
          "Touch", "Begin", "Spend SOFTWARE", "Lock", "FindArea", "Unlock", "End", "Denied");
      assertThat(steps).contains(new Program.Note(new MachineFact.Denied(0, 7, true)));
    }
  }

  @Test
  void shouldGiveUpWhenThePageIsTakenAwayAgainAndAgain() {
    List<Step> steps = faulting(Integer.MAX_VALUE, new KernelCall.Area(true, true), false);

    assertThat(ProgramHarness.of(steps, Program.Touch.class)).hasSize(64);
    assertThat(words(steps)).endsWith("Denied");
  }
}
