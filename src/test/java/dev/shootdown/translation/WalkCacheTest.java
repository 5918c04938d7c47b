package dev.shootdown.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import org.junit.jupiter.api.Test;

class WalkCacheTest {
  @Test
  void shouldKnowTheTableForAllPagesOfAGroup() {
    WalkCache cache = new WalkCache(4);
    cache.insert(1, 513, 77);

    assertThat(cache.lookup(1, 512)).isEqualTo(77);
    assertThat(cache.lookup(1, 1023)).isEqualTo(77);
    assertThat(cache.lookup(1, 1024)).isEqualTo(-1);
    assertThat(cache.lookup(2, 512)).isEqualTo(-1);
  }

  @Test
  void shouldGiveUpTheLeastRecentlyUsedWhenItIsFull() {
    WalkCache cache = new WalkCache(2);
    cache.insert(1, 0, 10);
    cache.insert(1, 512, 11);
    cache.lookup(1, 0);

    assertThat(cache.insert(1, 1024, 12)).contains(new WalkCache.Entry(1, 1, 11));
    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void shouldReplaceTheTableWhenTheGroupHasAnotherOne() {
    WalkCache cache = new WalkCache(2);
    cache.insert(1, 0, 10);

    assertThat(cache.insert(1, 5, 20)).isEmpty();
    assertThat(cache.entries()).containsExactly(new WalkCache.Entry(1, 0, 20));
  }

  @Test
  void shouldDropWhatARangeTouchesOfOneAddressSpace() {
    WalkCache cache = new WalkCache(4);
    cache.insert(1, 0, 10);
    cache.insert(1, 512, 11);
    cache.insert(2, 512, 12);

    assertThat(cache.invalidate(1, new PageRange(511, 1))).isEqualTo(1);
    assertThat(cache.invalidate(1, PageRange.ALL)).isEqualTo(1);
    assertThat(cache.entries()).containsExactly(new WalkCache.Entry(2, 1, 12));
  }

  @Test
  void shouldHoldNothingWhenItHasNoEntries() {
    WalkCache cache = new WalkCache(0);
    cache.insert(1, 0, 10);

    assertThat(cache.lookup(1, 0)).isEqualTo(-1);
  }
}
