package dev.shootdown.kernel.arch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Step;
import dev.shootdown.protocol.ProgramHarness;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How those who walk page tables with interrupts off are waited for. */
class SyncWalkersTest {
  private static final Set<Arch> BY_INTERRUPT = Set.of(Arch.X86);

  private static ArchRules rules(Arch arch) {
    return ArchRules.of(
        arch, ArchSpec.of(arch),
        new Place(2, 4, new KernelMap(1, 0), Era.B, job -> Sequence.nothing()));
  }

  @ParameterizedTest
  @EnumSource(Arch.class)
  void shouldInterruptAllOthersAndWait(Arch arch) {
    List<Step> steps =
        ProgramHarness.run(rules(arch).rules().syncWalkers(), request -> null);

    assertThat(steps).containsSubsequence(
        new Program.Interrupt(List.of(0, 1, 3), FlushHandler.Flush.ofNothing()),
        new Program.AwaitAcks());
  }

  /** Whatever the CPU has loaded: no entry goes, and no mask is touched. */
  @ParameterizedTest
  @EnumSource(Arch.class)
  void shouldFlushNothingWhenItIsInterruptedForThat(Arch arch) {
    FlushHandler handler = rules(arch).handler();
    FlushHandler.Flush nothing = FlushHandler.Flush.ofNothing();
    for (FlushHandler.Context context : List.of(
        new FlushHandler.Context(-1, 0, false), new FlushHandler.Context(0, 3, false),
        new FlushHandler.Context(0, 3, true))) {
      FlushHandler.Decision decision =
          handler.decide(context, nothing, nothing.generation());
      assertThat(decision.range().pages()).isZero();
      assertThat(decision.walks()).isEqualTo(FlushHandler.Walks.KEEP);
      assertThat(decision.unload()).isFalse();
      assertThat(handler.newestAt(context, nothing)).isEqualTo(-1);
      assertThat(handler.leavesAt(context, nothing)).isEqualTo(-1);
    }
  }

  /** Only a flush by interrupts has waited for them already. */
  @ParameterizedTest
  @EnumSource(Arch.class)
  void shouldFreeTablesLateWhereAFlushInterruptsNobody(Arch arch) {
    FlushRules rules = rules(arch).rules();

    assertThat(rules.freesTablesLate()).isEqualTo(!BY_INTERRUPT.contains(arch));
  }
}
