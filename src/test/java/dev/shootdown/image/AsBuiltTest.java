package dev.shootdown.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.bytes.BadBytes;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsBuiltTest {
  private static final Comparator<Long> DOWN = (a, b) -> Long.compare(b, a);

  private enum Colour {
    RED,
    BLUE
  }

  private interface Code extends LongSupplier, Serializable {}

  private record Pair(Object left, Object right) {}

  /** A thing that holds one of each kind. */
  private static final class Thing {
    private final Supplier<String> built = () -> "as built";
    private final int[] numbers = {1, 2, 3};
    private final List<Object> list = new ArrayList<>(List.of("a"));
    private final Object[][] grid = new Object[2][2];
    private Object any;
    private long number = -1;
    private boolean flag;
    private double real = 0.5;
    private char sign = 'x';
    private Code code = () -> 7;
  }

  /** What {@code thing} comes to in an equal thing that was built anew. */
  private static Thing again(Thing thing, AsBuilt built) {
    Thing other = new Thing();
    AsBuilt.of(other).restore(built.image(thing));
    return other;
  }

  private static Object again(Object any) {
    Thing thing = new Thing();
    AsBuilt built = AsBuilt.of(thing);
    thing.any = any;
    return again(thing, built).any;
  }

  @Test
  void shouldHoldWhatItHeldWhenItIsPutBack() {
    Thing thing = new Thing();
    AsBuilt built = AsBuilt.of(thing);
    thing.number = 0;
    thing.flag = true;
    thing.real = -0.0;
    thing.sign = 'ß';
    thing.numbers[1] = -1;
    thing.list.add(thing);
    thing.grid[1][0] = thing.numbers;
    long captured = thing.number + 41;
    thing.code = () -> captured + 1;

    Thing other = again(thing, built);

    assertThat(other.number).isZero();
    assertThat(other.flag).isTrue();
    assertThat(1 / other.real).isNegative();
    assertThat(other.sign).isEqualTo('ß');
    assertThat(other.numbers).containsExactly(1, -1, 3);
    assertThat(other.list).hasSize(2).last().isSameAs(other);
    assertThat(other.grid[1][0]).isSameAs(other.numbers);
    assertThat(other.code.getAsLong()).isEqualTo(42);
    assertThat(other.built.get()).isEqualTo("as built");
  }

  @Test
  void shouldSayLittleWhenNothingChanged() {
    Thing thing = new Thing();
    AsBuilt built = AsBuilt.of(thing);
    int unchanged = built.image(thing).length;
    thing.number = 5;

    assertThat(unchanged).isLessThan(30);
    assertThat(built.image(thing).length).isGreaterThan(unchanged);
  }

  @Test
  void shouldKeepWhoIsWhoWhenObjectsAreShared() {
    ArrayDeque<Object> shared = new ArrayDeque<>(List.of(1L));
    Pair pair = (Pair) again(new Pair(shared, new Pair(shared, Colour.BLUE)));

    assertThat(((Pair) pair.right()).left()).isSameAs(pair.left());
    assertThat(((Pair) pair.right()).right()).isSameAs(Colour.BLUE);
    assertThat((ArrayDeque<?>) pair.left()).hasSize(1).first().isEqualTo(1L);
  }

  @Test
  void shouldKeepContentAndOrderWhenCollectionsArePutBack() {
    TreeMap<Long, String> down = new TreeMap<>(DOWN);
    down.put(1L, "one");
    down.put(2L, "two");
    PriorityQueue<Long> queue = new PriorityQueue<>(DOWN);
    queue.addAll(List.of(5L, 9L, 7L));
    BitSet bits = new BitSet();
    bits.set(70);
    Map<String, Integer> linked = new LinkedHashMap<>();
    linked.put("z", 1);
    linked.put("a", 2);

    assertThat(((TreeMap<?, ?>) again(down)).keySet().toString()).isEqualTo("[2, 1]");
    assertThat(((PriorityQueue<?>) again(queue)).poll()).isEqualTo(9L);
    assertThat(again(bits)).isEqualTo(bits);
    assertThat(again(linked).toString()).isEqualTo("{z=1, a=2}");
    assertThat(again(new LinkedHashSet<>(List.of(3, 1, 2))).toString()).isEqualTo("[3, 1, 2]");
    assertThat(again(new TreeSet<>(List.of(Colour.BLUE, Colour.RED))).toString())
        .isEqualTo("[RED, BLUE]");
    assertThat(again(new HashMap<>(Map.of("k", List.of(1, "two"))))).isEqualTo(
        Map.of("k", List.of(1, "two")));
    assertThat(again(Optional.of(OptionalLong.of(3)))).isEqualTo(
        Optional.of(OptionalLong.of(3)));
    assertThat(again(Colour.class)).isSameAs(Colour.class);
  }

  @Test
  void shouldCountTheSameWhenAHistogramIsPutBack() {
    Histogram histogram = new Histogram(3);
    for (long value : new long[] {0, 1, 12_345, 12_345, 987_654_321}) {
      histogram.recordValue(value);
    }

    assertThat(again(histogram)).isEqualTo(histogram);
  }

  @Test
  void shouldBeTheConstantWhenAConstantIsHeld() {
    assertThat(((TreeMap<?, ?>) again(new TreeMap<>(DOWN))).comparator()).isSameAs(DOWN);
  }

  @Test
  void shouldNameWhoHoldsItWhenThereIsNoImage() {
    Iterator<String> iterator = new ArrayList<>(List.of("a")).iterator();
    assertThatThrownBy(() -> again(new Pair(iterator, 1))).isInstanceOf(Unimaged.class)
        .hasMessage("Pair.left holds a java.util.ArrayList$Itr");
    long number = new Thing().number;
    LongSupplier mute = () -> number;
    assertThatThrownBy(() -> again(mute)).isInstanceOf(Unimaged.class)
        .hasMessageContaining("Thing.any holds a lambda of").hasMessageContaining("AsBuiltTest");
    assertThatThrownBy(() -> again(new Thread())).isInstanceOf(Unimaged.class)
        .hasMessage("Thing.any holds a java.lang.Thread");
    assertThatThrownBy(() -> AsBuilt.of(new Pair(1, new Thread()))).isInstanceOf(Unimaged.class)
        .hasMessage("Pair.right holds a java.lang.Thread");
  }

  @Test
  void shouldRefuseWhenItWasBuiltOtherwise() {
    Thing thing = new Thing();
    byte[] image = AsBuilt.of(thing).image(thing);
    Thing other = new Thing();
    other.number = 3;

    assertThatThrownBy(() -> AsBuilt.of(other).restore(image)).isInstanceOf(BadBytes.class)
        .hasMessageContaining("built otherwise");
  }

  @ParameterizedTest
  @ValueSource(strings = {"java.lang.Thread", "org.assertj.core.api.Assertions"})
  void shouldNameNoClassButOursWhenBytesAskForOne(String name) {
    Allowed allowed = new Allowed(List.of(), AsBuiltTest.class.getClassLoader());

    assertThat(allowed.named(AsBuiltTest.class.getName())).isSameAs(AsBuiltTest.class);
    assertThatThrownBy(() -> allowed.named(name)).hasMessage("an image can't hold a " + name);
  }

  @Test
  void shouldRefuseEveryCutWhenAnImageIsCutOff() {
    Thing thing = new Thing();
    AsBuilt built = AsBuilt.of(thing);
    thing.any = new Pair("left", List.of(1, 2));
    byte[] image = built.image(thing);
    for (int length = 0; length < image.length; length++) {
      byte[] cut = Arrays.copyOf(image, length);
      assertThatThrownBy(() -> built.restore(cut)).isInstanceOf(BadBytes.class);
    }
  }
}
