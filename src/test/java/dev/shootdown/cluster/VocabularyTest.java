package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  @Test
  void shouldHoldEveryProtocolByNameWhenItIsLookedUp() {
    assertThat(Vocabulary.PROTOCOLS)
        .contains(
            Ats.class, Dma.class, Invalidation.class, Ipi.class, KernelCall.class, PageWalk.class)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo((a, b) -> a.getName().compareTo(b.getName()))
        .allMatch(Class::isSealed);
  }
}
