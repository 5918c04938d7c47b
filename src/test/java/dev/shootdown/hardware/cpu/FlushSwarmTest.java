package dev.shootdown.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Fact;
import dev.shootdown.kernel.arch.Arch;
import dev.shootdown.kernel.arch.ArchSpec;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the architecture: when a flush is over, nobody uses what it was about. */
class FlushSwarmTest {
  private static final int RUNS = 10;
  private static final long US = 1_000_000;

  /** Small TLBs, six pointers to page-table pages, two address-space slots. */
  private static CpuSpec cpu(boolean coalesce, PreemptionSpec preemption) {
    return cpu(coalesce, preemption, 1, false);
  }

  private static CpuSpec cpu(
      boolean coalesce, PreemptionSpec preemption, int ipiCluster, boolean linesInTurn) {
    return new CpuSpec(
        4, 2, 8, 2, 4_000, 20_000, 1_000, 50_000, 100_000, 150_000, 200_000, 200_000, 100_000,
        US, 2, 6, 5_000, coalesce, 20_000, false, 0, 50_000, preemption, 0, ipiCluster,
        linesInTurn);
  }

  private static final CpuSpec PLAIN = cpu(false, PreemptionSpec.NEVER);

  /** Rules that use global identifiers as soon as two CPUs share an address space. */
  private static ArchSpec rules(
      Arch arch, boolean compareNewest, boolean interruptLazy, boolean transition) {
    ArchSpec spec = ArchSpec.of(arch);
    return new ArchSpec(
        spec.flushCeiling(), compareNewest, interruptLazy, spec.twins(), 1, 100, 0, transition,
        2, spec.tlbRange(), spec.broadcastsMax(), spec.fencePs(), spec.flushMultiPs());
  }

  private static List<String> violations(FlushSwarm.Setup setup, List<Fact> facts) {
    List<String> violations = new ArrayList<>();
    for (long seed = 1; seed <= RUNS; seed++) {
      FlushSwarm swarm = new FlushSwarm(seed, setup);
      violations.addAll(swarm.run());
      facts.addAll(swarm.facts());
    }
    return violations;
  }

  private static List<String> violations(FlushSwarm.Setup setup) {
    return violations(setup, new ArrayList<>());
  }

  @ParameterizedTest
  @EnumSource(Arch.class)
  void shouldUseNothingStaleWhenTheRulesAreKept(Arch arch) {
    List<Fact> facts = new ArrayList<>();
    FlushSwarm.Setup setup =
        new FlushSwarm.Setup(arch, rules(arch, false, true, true), PLAIN);

    assertThat(violations(setup, facts)).isEmpty();
    assertThat(facts).as("it has had the chance")
        .hasAtLeastOneElementOfType(MachineFact.WalkUsed.class)
        .hasAtLeastOneElementOfType(MachineFact.FlushEnded.class)
        .hasAtLeastOneElementOfType(MachineFact.WalkDropped.class);
  }

  @Test
  void shouldUseNothingStaleWhenVcpusAreFlaggedInsteadOfWaitedFor() {
    List<Fact> facts = new ArrayList<>();
    PreemptionSpec often = new PreemptionSpec(US, 7 * US, 5 * US);

    assertThat(violations(new FlushSwarm.Setup(
        Arch.X86_PV, rules(Arch.X86_PV, false, true, true), cpu(false, often)), facts)).isEmpty();
    assertThat(facts).hasAtLeastOneElementOfType(MachineFact.WasPreempted.class);
  }

  @Test
  void shouldUseNothingStaleWhenInterruptsAreCoalesced() {
    assertThat(violations(new FlushSwarm.Setup(
        Arch.X86, rules(Arch.X86, false, true, true), cpu(true, PreemptionSpec.NEVER)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldUseNothingStaleWhenLinesComeInTurn(boolean coalesce) {
    PreemptionSpec often = new PreemptionSpec(US, 7 * US, 5 * US);
    for (PreemptionSpec preemption : List.of(PreemptionSpec.NEVER, often)) {
      List<Fact> facts = new ArrayList<>();
      assertThat(violations(new FlushSwarm.Setup(
          Arch.X86_PV, rules(Arch.X86_PV, false, true, true),
          cpu(coalesce, preemption, 4, true)), facts)).isEmpty();
      assertThat(facts).hasAtLeastOneElementOfType(MachineFact.FlushEnded.class);
    }
  }

  @Test
  void shouldUseNothingStaleWhenTheNewestGenerationIsLookedUp() {
    assertThat(violations(new FlushSwarm.Setup(
        Arch.X86, rules(Arch.X86, true, true, true), PLAIN))).isEmpty();
  }

  @Test
  void shouldWalkFreedTablesWhenLazyCpusAreSkipped() {
    assertThat(violations(new FlushSwarm.Setup(
        Arch.X86, rules(Arch.X86, false, false, true), PLAIN)))
        .isNotEmpty().allMatch(violation -> violation.contains("walks freed table"));
  }

  @Test
  void shouldUseStaleEntriesWhenCpusAreNotToldOfTheGlobalId() {
    assertThat(violations(new FlushSwarm.Setup(
        Arch.X86_INVLPGB, rules(Arch.X86_INVLPGB, false, true, false), PLAIN)))
        .anyMatch(violation -> violation.contains("uses stale"));
  }
}
