package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.config.ConfigProblems;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.kernel.arch.Arch;
import dev.shootdown.kernel.iommu.RangeRule;
import dev.shootdown.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayMachineTest {
  private static final SystemPool POOL = new SystemPool();
  private static final String GUEST = "guest-2vcpu-traced";
  private final ReplayMachine machines = new ReplayMachine(List.of(Path.of("")));

  @AfterAll
  static void close() {
    POOL.close();
  }

  private Scenario asked(String whatIf) {
    return machines.of(GUEST, List.of(), WhatIf.parse(whatIf));
  }

  @ParameterizedTest
  @CsvSource({"vtd-ats, iommu, X86", "amd, amd-iommu, X86", "smmu-ats, smmu, ARM64",
      "iommuv2, amd-iommu, X86"})
  void shouldAttachAConsumerOfTheAuditToTheMachineThatIsThere(
      String consumer, String iommu, Arch arch) {
    Scenario scenario = asked("consumer=" + consumer);
    assertThat(scenario.machine().cpus()).hasSize(2);
    assertThat(scenario.machine().iommus().get(0).type()).isEqualTo(iommu);
    assertThat(scenario.machine().devices()).hasSize(1);
    assertThat(scenario.kernel().arch()).isEqualTo(arch);
    assertThat(scenario.kernel().costs())
        .isEqualTo(machines.of(GUEST, List.of()).kernel().costs());
  }

  @Test
  void shouldTakeTheDriverOfTheEra() {
    assertThat(asked("consumer=vtd-ats,era=B").kernel().drivers().iommu().name())
        .isEqualTo("INTEL_SVM");
    assertThat(asked("consumer=vtd-ats").kernel().drivers().iommu().name()).isEqualTo("VTD");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "consumer=amd,era=B | AMD's SVA came with 6.10",
      "consumer=kvm | consumer kvm is not modelled in a replay",
      "consumer=nobody | there is no machine 'nobody'",
      "machine=two-socket-ats,consumer=vtd-ats | brings a part iommu0",
      "machine=milan-72,consumer=nobody | none of the consumers [vtd-ats,",
      "machine=nobody | haswell-1-socket, ",
      "policy=whole-pasid | has no device behind one",
      "policy=widened,consumer=pinned | has no device behind one"})
  void shouldRefuseByNameWhatCannotBeHad(String whatIf, String words) {
    assertThatThrownBy(() -> asked(whatIf))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer=vtd-ats,era=B,policy=whole-pasid",
      "consumer=vtd-ats,era=B,policy=widened", "consumer=iommuv2,policy=exact",
      "consumer=smmu-ats,policy=exact,kernel.smmu.range-invalidation=false",
      "policy=nonsense"})
  void shouldRefuseARuleThatTheDriverCannotFollow(String whatIf) {
    assertThatThrownBy(() -> asked(whatIf)).isInstanceOf(ConfigProblems.class);
  }

  @Test
  void shouldKnowTheMachinesOfTheRepositoryByName() {
    assertThat(machines.of("milan-72", List.of()).machine().cpus()).hasSize(72);
    assertThat(asked("machine=two-socket-16").machine().cpus().size()).isGreaterThan(2);
    assertThat(machines.of("scenarios/machines/milan-72.conf", List.of()).machine().cpus())
        .hasSize(72);
    assertThatThrownBy(() -> ReplayMachine.profile("milan-72", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldFlushMoreOftenWhenTheRuleIsExactAndMorePagesWhenItIsTheWholePasid() {
    Recording recording = Traces.readShipped("mremap.trace-cmd");
    long plain = flushes("consumer=vtd-ats", recording);
    assertThat(plain).isGreaterThan(400);
    assertThat(flushes("consumer=vtd-ats,policy=exact", recording)).isGreaterThan(2 * plain);
    assertThat(flushes("consumer=vtd-ats,policy=whole-pasid", recording)).isEqualTo(plain);
    assertThat(asked("consumer=vtd-ats,policy=whole-pasid").kernel().drivers().range().kind())
        .isEqualTo(RangeRule.Kind.WHOLE_PASID);
  }

  private long flushes(String whatIf, Recording recording) {
    Comparison.Simulated simulated =
        new Replay(POOL, asked(whatIf)).counterfactual("t", recording);
    assertThat(simulated.verdict()).isEqualTo("clean");
    return simulated.bill().secondaryFlushes();
  }
}
