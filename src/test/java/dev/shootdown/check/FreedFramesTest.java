package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreedFramesTest {
  private final FreedFrames frames = new FreedFrames();

  @Test
  void shouldKnowOnlyThoseAddedWhenTheyLieFarApart() {
    long[] added = {0, 63, 64, 4095, 4096, 1L << 40};
    for (long pfn : added) {
      assertThat(frames.contains(pfn)).isFalse();
      assertThat(frames.add(pfn)).isTrue();
      assertThat(frames.contains(pfn)).isTrue();
      assertThat(frames.add(pfn)).isFalse();
    }
    assertThat(frames.contains(1)).isFalse();
    assertThat(frames.contains((1L << 40) + 1)).isFalse();
  }

  @Test
  void shouldKeepKnowingWhenAWholeBlockIsGone() {
    for (long pfn = 0; pfn < 4096; pfn++) {
      assertThat(frames.add(pfn)).isTrue();
    }
    assertThat(frames.contains(0)).isTrue();
    assertThat(frames.contains(4095)).isTrue();
    assertThat(frames.contains(4096)).isFalse();
    assertThat(frames.add(17)).isFalse();
  }
}
