package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventQueueTest {
  /** The order, written down once more, so that a slip in the queue's own copy shows. */
  private static final Comparator<Event> ORDER =
      Comparator.<Event>comparingLong(event -> event.timePs)
          .thenComparingLong(event -> event.route >>> 32)
          .thenComparingLong(event -> event.route & 0xffffffffL)
          .thenComparingLong(event -> event.sequence);

  private static Event event(long timePs, int receiver, int sender, long sequence) {
    Event event = new Event();
    event.timePs = timePs;
    event.route = (long) receiver << 32 | sender;
    event.sequence = sequence;
    return event;
  }

  /** The queue beside a sorted set; each step does the same to both and compares. */
  private static final class Twin {
    final long seed;
    final Dice dice;
    final EventQueue queue = new EventQueue();
    final TreeSet<Event> sorted = new TreeSet<>(ORDER);
    long nowPs;
    long sequence;
    long steps;

    Twin(long seed) {
      this.seed = seed;
      this.dice = Dice.of(seed, "swarm");
    }

    void add(long delayPs) {
      long roomPs = Long.MAX_VALUE - 1 - nowPs;
      Event event =
          event(nowPs + Math.min(delayPs, roomPs), dice.below(8), dice.below(8), sequence++);
      queue.add(event);
      sorted.add(event);
    }

    void poll() {
      take(Long.MAX_VALUE);
    }

    void take(long beforePs) {
      Event least = sorted.isEmpty() ? null : sorted.first();
      Event expected = least == null || least.timePs >= beforePs ? null : least;
      Event actual = queue.pollBefore(beforePs);
      steps++;
      if (actual == null || expected == null || ORDER.compare(actual, expected) != 0) {
        assertThat(text(actual)).as("seed %d, step %d", seed, steps).isEqualTo(text(expected));
      }
      if (expected != null) {
        sorted.remove(expected);
        nowPs = expected.timePs;
      }
    }

    void compareNext() {
      long expected = sorted.isEmpty() ? Long.MAX_VALUE : sorted.first().timePs;
      assertThat(queue.nextTimePs()).as("seed %d, step %d", seed, steps).isEqualTo(expected);
      assertThat(queue.size()).as("seed %d, step %d", seed, steps).isEqualTo(sorted.size());
    }

    void drain() {
      while (!sorted.isEmpty()) {
        poll();
      }
      compareNext();
    }

    void clear() {
      queue.clear();
      sorted.clear();
      nowPs = 0;
      sequence = 0;
      compareNext();
    }

    private static String text(Event event) {
      return event == null
          ? "nothing"
          : event.timePs + "/" + (event.route >>> 32) + "/" + (int) event.route + "/"
              + event.sequence;
    }
  }

  /** How far ahead events are put in one phase. */
  private static long delayPs(Dice dice, int kind) {
    return switch (kind) {
      case 0 -> 0;
      case 1 -> dice.below(3);
      case 2 -> dice.below(1_000);
      case 3 -> 1_000_000L * (1 + dice.below(3));
      case 4 -> dice.exponentialPs(1_000_000);
      case 5 -> dice.below(1L << dice.below(40));
      case 6 -> dice.below(20) == 0 ? 1_000_000_000_000_000L + dice.below(5) : dice.below(50);
      case 7 -> dice.below(100) == 0 ? Long.MAX_VALUE : dice.exponentialPs(100);
      default -> dice.below(4) == 0 ? dice.below(1L << 45) : 0;
    };
  }

  private static final int KINDS = 9;

  private static void phase(Twin twin) {
    Dice dice = twin.dice;
    int kind = dice.below(KINDS);
    int pending = 1 << dice.below(13);
    int steps = 500 + dice.below(3_000);
    boolean mixed = dice.chance(0.3);
    for (int i = 0; i < steps; i++) {
      while (twin.sorted.size() < pending) {
        twin.add(delayPs(dice, mixed ? dice.below(KINDS) : kind));
      }
      if (dice.below(16) == 0) {
        // Asking for the time may open a bucket far ahead; what is added next may lie before it.
        twin.compareNext();
        twin.add(delayPs(dice, kind));
      }
      if (dice.below(8) == 0) {
        long aheadPs = delayPs(dice, kind);
        twin.take(aheadPs > Long.MAX_VALUE - twin.nowPs ? Long.MAX_VALUE : twin.nowPs + aheadPs);
      } else {
        twin.poll();
      }
    }
    int left = dice.below(4) == 0 ? 0 : dice.below(pending);
    while (twin.sorted.size() > left) {
      twin.poll();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void shouldEqualASortedSetWhenASwarmOfPhasesChangesItsShape(long seed) {
    Twin twin = new Twin(seed);
    for (int phase = 0; phase < 12; phase++) {
      phase(twin);
      if (twin.dice.below(4) == 0) {
        twin.clear();
      }
    }
    twin.drain();
    assertThat(twin.steps).isGreaterThan(5_000);
  }

  @Test
  void shouldEqualASortedSetWhenTimesTurnFromDenseToSparseAndBack() {
    Twin twin = new Twin(100);
    for (long meanPs : new long[] {10, 1_000_000_000_000L, 1, 100_000_000L, 0}) {
      for (int i = 0; i < 6_000; i++) {
        twin.add(twin.dice.exponentialPs(meanPs));
        if (i > 2_000) {
          twin.poll();
        }
      }
      twin.drain();
    }
    assertThat(twin.sorted).isEmpty();
  }

  @Test
  void shouldEqualASortedSetWhenManyPendingEventsSwellAndDrain() {
    Twin twin = new Twin(101);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 60_000; i++) {
        twin.add(twin.dice.exponentialPs(1_000_000));
        if (i % 3 == 0) {
          twin.poll();
        }
      }
      twin.drain();
    }
    assertThat(twin.steps).isGreaterThan(100_000);
  }

  @Test
  void shouldOrderByReceiverSenderAndSequenceWhenAllTimesAreEqual() {
    Twin twin = new Twin(102);
    for (int i = 0; i < 5_000; i++) {
      twin.add(77);
    }
    twin.drain();
    assertThat(twin.nowPs).isEqualTo(77);
  }

  @Test
  void shouldHandOutASmallerKeyLaterWhenItIsAddedAtTheInstantThatIsUnderWay() {
    EventQueue queue = new EventQueue();
    queue.add(event(10, 5, 0, 0));
    queue.add(event(10, 6, 0, 1));

    assertThat(queue.pollBefore(11).route >>> 32).isEqualTo(5);
    queue.add(event(10, 1, 5, 0));

    assertThat(queue.pollBefore(11).route >>> 32).isEqualTo(1);
    assertThat(queue.pollBefore(11).route >>> 32).isEqualTo(6);
    assertThat(queue.pollBefore(11)).isNull();
  }

  @Test
  void shouldKeepAnEventWhenItsTimeIsTheLimit() {
    EventQueue queue = new EventQueue();
    queue.add(event(10, 0, 0, 0));

    assertThat(queue.pollBefore(10)).isNull();
    assertThat(queue.nextTimePs()).isEqualTo(10);
    assertThat(queue.pollBefore(11)).isNotNull();
    assertThat(queue.nextTimePs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldStartAtTimeZeroAgainWhenClearedAfterALateEvent() {
    EventQueue queue = new EventQueue();
    queue.add(event(Long.MAX_VALUE - 1, 0, 0, 0));
    queue.add(event(Long.MAX_VALUE - 1, 0, 0, 1));
    queue.pollBefore(Long.MAX_VALUE);
    queue.clear();

    assertThat(queue.nextTimePs()).isEqualTo(Long.MAX_VALUE);
    queue.add(event(1_000_000_000_000L, 0, 0, 1));
    queue.add(event(0, 0, 0, 0));

    assertThat(queue.pollBefore(Long.MAX_VALUE).timePs).isZero();
    assertThat(queue.pollBefore(Long.MAX_VALUE).timePs).isEqualTo(1_000_000_000_000L);
  }
}
