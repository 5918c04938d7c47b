package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhatIfTest {
  @Test
  void shouldReadKeysShortNamesAndProfiles() {
    WhatIf whatIf = WhatIf.parse("era=B,kernel.flush-ceiling=1,consumer=two-socket-ats");
    assertThat(whatIf.overrides()).containsExactly("kernel.era=B", "kernel.flush-ceiling=1");
    assertThat(whatIf.consumer()).contains("two-socket-ats");
    assertThat(WhatIf.parse("machine=milan-72").machine()).contains("milan-72");
    assertThat(whatIf.label()).isEqualTo("era=B,kernel.flush-ceiling=1,consumer=two-socket-ats");
  }

  @Test
  void shouldTellPlacesOfTheFlushFromRulesForRanges() {
    assertThat(WhatIf.parse("policy=at-end").overrides()).containsExactly("kernel.policy=at-end");
    assertThat(WhatIf.parse("policy=exact").overrides())
        .containsExactly("kernel.drivers.range=exact", "kernel.flush-ceiling=1048576");
    assertThat(WhatIf.parse("policy=exact").needsDevice()).isFalse();
    assertThat(WhatIf.parse("policy=whole-pasid").overrides())
        .containsExactly("kernel.drivers.range=whole-pasid");
    assertThat(WhatIf.parse("policy=whole-pasid").needsDevice()).isTrue();
  }

  @Test
  void shouldKeepCommasWithinBracketsAndQuotes() {
    assertThat(WhatIf.parse("a=[1,2],b=\"x,y\",c={d=1,e=2}").overrides())
        .containsExactly("a=[1,2]", "b=\"x,y\"", "c={d=1,e=2}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "era", "era=", "=B", "era=B,", "profile=a,machine=b",
      "consumer=a,consumer=b"})
  void shouldRefuseWhatIsNoSetting(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> WhatIf.parse(text))
        .withMessageContaining("--what-if");
  }
}
