package dev.shootdown.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.translation.TranslationCache.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationCacheTest {
  private static Entry entry(int mm, long page, long pfn) {
    return new Entry(mm, page, pfn, false, 0);
  }

  @Test
  void shouldEvictTheLeastRecentlyUsedWhenASetIsFull() {
    TranslationCache cache = new TranslationCache(2, 2);
    cache.insert(entry(1, 10, 100));
    cache.insert(entry(1, 11, 110));
    cache.lookup(1, 10);

    assertThat(cache.insert(entry(1, 12, 120))).contains(entry(1, 11, 110));
    assertThat(cache.holds(1, 10)).isTrue();
    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void shouldReplaceWithoutEvictionWhenThePageIsThere() {
    TranslationCache cache = new TranslationCache(2, 2);
    cache.insert(entry(1, 10, 100));
    cache.insert(entry(1, 11, 110));

    assertThat(cache.insert(entry(1, 10, 101))).isEmpty();
    assertThat(cache.lookup(1, 10)).contains(entry(1, 10, 101));
    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void shouldSpareOtherAddressSpacesWhenOneIsInvalidated() {
    TranslationCache cache = new TranslationCache(4, 4);
    cache.insert(entry(1, 10, 100));
    cache.insert(entry(2, 10, 200));

    assertThat(cache.invalidate(1, PageRange.ALL)).isEqualTo(1);
    assertThat(cache.entries()).containsExactly(entry(2, 10, 200));
  }

  @Test
  void shouldNotTouchTheOrderOfUseWhenOnlyAskedWhetherItHolds() {
    TranslationCache cache = new TranslationCache(2, 2);
    cache.insert(entry(1, 10, 100));
    cache.insert(entry(1, 11, 110));
    cache.holds(1, 10);

    assertThat(cache.insert(entry(1, 12, 120))).contains(entry(1, 10, 100));
  }

  @Test
  void shouldFindTheSmallerWhenTwoSizesCoverAPage() {
    TranslationCache cache = new TranslationCache(4, 2);
    Entry large = new Entry(1, 512, 5120, true, 0, false, 9);
    cache.insert(large);
    cache.insert(entry(1, 700, 70));

    assertThat(cache.lookup(1, 700)).contains(entry(1, 700, 70));
    assertThat(cache.lookup(1, 701)).contains(large);
    assertThat(large.pfnOf(701)).isEqualTo(5120 + 189);
    assertThat(cache.lookup(1, 1024)).isEmpty();
  }

  @Test
  void shouldDropTheLargeWholeWhenARangeTouchesIt() {
    TranslationCache cache = new TranslationCache(64, 4);
    cache.insert(new Entry(1, 512, 5120, true, 0, false, 9));

    assertThat(cache.invalidate(1, new PageRange(1024, 3))).isZero();
    assertThat(cache.invalidate(1, new PageRange(1020, 3))).isEqualTo(1);
    assertThat(cache.holds(1, 513)).isFalse();
  }

  @Test
  void shouldRefuseWhatIsNotAlignedToItsSize() {
    TranslationCache cache = new TranslationCache(4, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.insert(new Entry(1, 513, 5120, true, 0, false, 9)));
  }

  @Test
  void shouldRefuseWaysThatDoNotDivide() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TranslationCache(6, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new TranslationCache(4, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TranslationCache(2, 4));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "8, 1", "8, 2", "8, 8", "64, 4", "12, 3"})
  void shouldAgreeWithTheNaiveCacheWhateverIsDone(int entries, int ways) {
    for (long seed = 1; seed <= 20; seed++) {
      TranslationCache cache = new TranslationCache(entries, ways);
      NaiveCache naive = new NaiveCache(entries, ways);
      Dice dice = Dice.of(seed, "cache");
      for (int step = 0; step < 500; step++) {
        doTheSame(cache, naive, dice, step);
        assertThat(cache.entries()).as("seed %d, step %d", seed, step)
            .isEqualTo(naive.entries());
        assertThat(cache.size()).isEqualTo(naive.entries().size());
      }
    }
  }

  private static void doTheSame(
      TranslationCache cache, NaiveCache naive, Dice dice, int step) {
    int mm = dice.below(3);
    long page = dice.chance(0.2) ? 500 + dice.below(1100) : dice.below(40);
    PageRange range = new PageRange(page, dice.below(12));
    switch (dice.below(20)) {
      case 0 -> {
        cache.clear();
        naive.clear();
      }
      case 1, 2, 3 -> assertThat(cache.invalidate(mm, range))
          .isEqualTo(naive.invalidate(mm, range));
      case 4 -> assertThat(cache.invalidate(mm, PageRange.ALL))
          .isEqualTo(naive.invalidate(mm, PageRange.ALL));
      case 5, 6, 7, 8, 9, 10 -> assertThat(cache.lookup(mm, page))
          .isEqualTo(naive.lookup(mm, page));
      default -> {
        int order = dice.chance(0.3) ? 9 : 0;
        Entry entry = new Entry(
            mm, page >> order << order, step, dice.chance(0.5), step, dice.chance(0.5), order);
        assertThat(cache.insert(entry)).isEqualTo(naive.insert(entry));
      }
    }
  }
}
