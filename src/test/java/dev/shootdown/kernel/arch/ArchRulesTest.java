package dev.shootdown.kernel.arch;

import static dev.shootdown.protocol.ProgramHarness.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Step;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where each architecture puts the secondary flush, and with which range. */
class ArchRulesTest {
  private static final PageRange SMALL = new PageRange(7, 3);
  private static final PageRange LARGE = new PageRange(0, 1000);
  private static final Step SECONDARY = new Program.Spend(Account.SUBMIT, 1);
  private static final KernelCall.FlushTargets SHARED =
      new KernelCall.FlushTargets(6, List.of(0, 2, 5), List.of(4));

  private final List<PageRange> secondary = new ArrayList<>();

  private FlushRules rules(Arch arch, ArchSpec spec, Era era) {
    return ArchRules.of(arch, spec, new Place(2, 8, new KernelMap(3, 0), era, job -> {
      secondary.add(job.range());
      return new Sequence(List.of(SECONDARY));
    })).rules();
  }

  private static FlushRules.Job job(PageRange range) {
    return new FlushRules.Job(8, 1, range, false);
  }

  private static List<Step> run(Program program) {
    return ProgramHarness.run(
        program, request -> ProgramHarness.answer(request, SHARED));
  }

  private List<Step> flush(Arch arch, Era era, PageRange range) {
    secondary.clear();
    return run(rules(arch, ArchSpec.of(arch), era).cpuFlush(job(range)));
  }

  @ParameterizedTest
  @EnumSource(Arch.class)
  void shouldLeaveSecondaryTlbsToOthersWhenTheEraIsNotC(Arch arch) {
    for (Era era : Era.values()) {
      FlushRules rules = rules(arch, ArchSpec.of(arch), era);
      for (Program program : List.of(
          rules.cpuFlush(job(SMALL)), rules.cpuFlush(job(LARGE)), rules.batchFlush(job(SMALL)))) {
        run(program);
      }
      run(rules.upgraded(job(SMALL)));
      run(rules.batchAdd(job(SMALL)));
      assertThat(secondary.isEmpty()).as("era %s", era).isEqualTo(era != Era.C);
    }
  }

  @ParameterizedTest
  @EnumSource(Arch.class)
  void shouldTellNoDriverWhenTheAddressSpaceWasReleased(Arch arch) {
    for (Era era : Era.values()) {
      FlushRules rules = rules(arch, ArchSpec.of(arch), era);
      FlushRules.Job job = job(LARGE).with(FlushRules.Binding.RELEASED);
      run(rules.cpuFlush(job));
      run(rules.secondaryFlush(job));
      run(rules.batchAdd(job));
    }
    assertThat(secondary).isEmpty();
  }

  @Test
  void shouldFlushSecondaryTlbsLastWithTheWidenedRangeOnX86() {
    assertThat(words(flush(Arch.X86, Era.C, LARGE)))
        .endsWith("AwaitAcks", "FlushEnded CPU", "Spend SUBMIT");
    assertThat(secondary).containsExactly(PageRange.ALL);
  }

  @Test
  void shouldFlushSecondaryTlbsBetweenIssueAndWaitOnArm64() {
    assertThat(words(flush(Arch.ARM64, Era.C, LARGE))).containsExactly(
        "FlushBegan CPU", "Issue", "Spend SUBMIT", "Sync", "FlushEnded CPU");
    assertThat(secondary).as("exact").containsExactly(LARGE);
  }

  @Test
  void shouldFlushSecondaryTlbsAfterTheWaitWhenAllIsFlushedOnArm64() {
    assertThat(words(flush(Arch.ARM64, Era.C, PageRange.ALL))).containsExactly(
        "FlushBegan CPU", "Issue", "Sync", "FlushEnded CPU", "Spend SUBMIT");
    assertThat(secondary).containsExactly(PageRange.ALL);
  }

  @Test
  void shouldFlushSecondaryTlbsAfterwardsWithTheRangeAskedForOnRiscvAndPower() {
    assertThat(words(flush(Arch.RISCV, Era.C, LARGE))).containsExactly(
        "NextGeneration", "FlushBegan CPU", "Spend IPI_SEND", "Interrupt", "FlushLocal",
        "AwaitAcks", "FlushEnded CPU", "Spend SUBMIT");
    assertThat(secondary).containsExactly(LARGE);
    assertThat(words(flush(Arch.POWER, Era.C, PageRange.ALL))).containsExactly(
        "NextGeneration", "FlushBegan CPU", "Issue", "Sync", "FlushEnded CPU", "Spend SUBMIT");
    assertThat(secondary).containsExactly(PageRange.ALL);
  }

  @Test
  void shouldFlushAllSecondaryTlbsForEachEntryOfABatchOnX86Alone() {
    for (Arch arch : List.of(Arch.X86, Arch.X86_PV, Arch.X86_INVLPGB)) {
      secondary.clear();
      run(rules(arch, ArchSpec.of(arch), Era.C).batchAdd(job(PageRange.of(7))));
      assertThat(secondary).as("%s", arch).containsExactly(PageRange.ALL);
    }
    for (Arch arch : List.of(Arch.ARM64, Arch.RISCV, Arch.POWER)) {
      secondary.clear();
      run(rules(arch, ArchSpec.of(arch), Era.C).batchAdd(job(PageRange.of(7))));
      assertThat(secondary).as("%s", arch).containsExactly(PageRange.of(7));
    }
  }

  @Test
  void shouldIssueAtEachEntryAndWaitOnceWhenBatchedOnArm64() {
    FlushRules rules = rules(Arch.ARM64, ArchSpec.of(Arch.ARM64), Era.B);

    assertThat(words(run(rules.batchAdd(job(PageRange.of(7)))))).containsExactly("Issue");
    assertThat(words(run(rules.batchFlush(job(SMALL)))))
        .containsExactly("FlushBegan CPU", "Sync", "FlushEnded CPU");
  }

  @Test
  void shouldTellSecondaryTlbsOfAGainedRightOnArm64Alone() {
    for (Arch arch : Arch.values()) {
      secondary.clear();
      run(rules(arch, ArchSpec.of(arch), Era.C).upgraded(job(PageRange.of(7))));
      assertThat(secondary.isEmpty()).as("%s", arch).isEqualTo(arch != Arch.ARM64);
    }
  }

  @Test
  void shouldCountInTwoMebibytePagesWhenThatIsTheStride() {
    PageRange hundred = new PageRange(0, 33 * 512);
    FlushRules.Job huge = new FlushRules.Job(8, 1, hundred, false, 9);
    List<Step> steps = run(rules(Arch.X86, ArchSpec.of(Arch.X86), Era.B).cpuFlush(huge));

    assertThat(ProgramHarness.of(steps, Program.FlushLocal.class)).hasSize(1)
        .allMatch(flush -> flush.what().range().equals(hundred)
            && flush.what().strides(hundred.pages()) == 33);
  }

  @Test
  void shouldFlagBeforeInterruptingInAGuest() {
    assertThat(words(flush(Arch.X86_PV, Era.B, SMALL)))
        .containsSubsequence("FlushBegan CPU", "Probe", "Interrupt", "FlushLocal", "AwaitAcks");
  }

  @Test
  void shouldInterruptWhenFewCpusShareTheAddressSpaceDespiteInvlpgb() {
    assertThat(words(flush(Arch.X86_INVLPGB, Era.B, SMALL))).containsExactly(
        "NextGeneration", "FlushBegan CPU", "Interrupt", "FlushLocal", "AwaitAcks",
        "FlushEnded CPU");
  }

  @Test
  void shouldTakeAsManyInstructionsAsTheRangeNeedsOnArm64() {
    ArchSpec ranges = ArchSpec.of(Arch.ARM64);
    Arm64Rules rules = new Arm64Rules(
        new Place(0, 2, new KernelMap(1, 0), Era.B, job -> Sequence.nothing()), ranges);

    assertThat(rules.instructions(1, 0)).isEqualTo(1);
    assertThat(rules.instructions(2, 0)).isEqualTo(1);
    assertThat(rules.instructions(65, 0)).as("64 = 1 · 2^6, and one page").isEqualTo(2);
    assertThat(rules.instructions(Arm64Rules.RANGE_PAGES_MAX, 0)).isEqualTo(1);
    assertThat(rules.instructions(Arm64Rules.RANGE_PAGES_MAX - 1, 0)).isEqualTo(5);
  }

  @Test
  void shouldFlushEverythingWhenInstructionsWithoutRangesAreTooMany() {
    ArchSpec spec = ArchSpec.of(Arch.ARM64);
    ArchSpec single = new ArchSpec(
        spec.flushCeiling(), false, true, false, 3, 4_000, 0, true, 8, false, 512, 0, 0);
    FlushRules rules = rules(Arch.ARM64, single, Era.B);
    List<Step> below = run(rules.cpuFlush(job(new PageRange(0, 511))));
    List<Step> above = run(rules.cpuFlush(job(new PageRange(0, 512))));

    assertThat(ProgramHarness.of(below, Program.Issue.class).get(0).instructions())
        .isEqualTo(511);
    assertThat(ProgramHarness.of(above, Program.Issue.class).get(0).what().range())
        .isEqualTo(PageRange.ALL);
  }
}
