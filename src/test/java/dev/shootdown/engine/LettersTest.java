package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LettersTest {
  private static final Function<Object, ?> WRAP = payload -> payload;

  private final Outboxes own = new Outboxes();

  LettersTest() {
    own.begin(3, 1 << 16);
  }

  /** Told apart by its sequence number. */
  private static Event event(long timePs, long sequence) {
    Event event = new Event();
    event.timePs = timePs;
    event.route = 7L << 32 | 5;
    event.sequence = sequence;
    event.payload = "payload " + sequence;
    event.wrap = WRAP;
    return event;
  }

  private static List<String> brought(Letter letter) {
    List<String> all = new ArrayList<>();
    letter.look(Object.class);
    letter.forEach(
        e -> all.add(
            e.timePs + " " + e.receiver() + " " + (e.route & 0xffff_ffffL) + " " + e.sequence
                + " " + e.depth + " " + e.payload + " " + (e.wrap == WRAP)));
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 16, 17, 1_000})
  void shouldBringWhatWasSentInItsOrderHoweverMuchItIs(int count) {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      own.add(event(1_000 - i, i), 1);
      expected.add((1_000 - i) + " 7 5 " + i + " 0 payload " + i + " true");
    }
    own.send(0, 3, false);
    assertThat(brought(own.letter(1, 0))).isEqualTo(expected);
    assertThat(own.letter(1, 0).count()).isEqualTo(count);
    assertThat(brought(own.letter(2, 0))).isEmpty();
  }

  @Test
  void shouldBringEventsThatLieFarApartOrHaveLargeNumbers() {
    long[] times = {
      5_000_000_000L, 0, 5_000_000_000L + Integer.MAX_VALUE, 5_000_000_001L + Integer.MAX_VALUE,
      5_000_000_000L + Integer.MIN_VALUE, 4_999_999_999L + Integer.MIN_VALUE, Long.MAX_VALUE - 1,
      4_999_999_999L + (1 << 30), 5_000_000_000L + (1 << 30), 5_000_000_000L - (1 << 30),
      4_999_999_999L - (1 << 30)
    };
    long[] sequences = {0, 1, 0xffff_ffffL, 1L << 32, 0x8000_0000L, 0x7fff_ffffL, Long.MAX_VALUE};
    List<String> expected = new ArrayList<>();
    for (long time : times) {
      for (long sequence : sequences) {
        own.add(event(time, sequence), 1);
        expected.add(time + " 7 5 " + sequence + " 0 payload " + sequence + " true");
      }
    }
    own.send(0, 0, false);
    assertThat(brought(own.letter(1, 0))).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(own.letter(1, 0).count()).isEqualTo(expected.size());
    assertThat(own.letter(1, 0).leastPs()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"65536, 65535, 65535", "65536, 0, 65535", "65536, 65535, 0", "65536, 32768, 1",
    "65537, 65536, 65536", "65537, 0, 65536", "2147483647, 2147483646, 2147483645"})
  void shouldBringReceiverAndSenderHoweverManyPartsThereAre(int parts, int receiver, int sender) {
    own.begin(3, parts);
    for (int i = 0; i < 20; i++) {
      Event event = event(i, i);
      event.route = (long) receiver << 32 | sender;
      own.add(event, 2);
    }
    own.send(0, 0, false);
    assertThat(brought(own.letter(2, 0)))
        .hasSize(20)
        .allMatch(e -> e.contains(" " + receiver + " " + sender + " "));
    assertThat(own.letter(2, 0).count()).isEqualTo(20);
  }

  /** Only what differs from the event before is written; payload and wrap may differ alone. */
  @Test
  void shouldBringTheSamePayloadAgainAndAgain() {
    Function<Object, ?> other = payload -> "wrapped " + payload;
    String[] payloads = {"a", "a", "a", "b", "a", null, null, "a", "a"};
    boolean[] wrapped = {true, true, false, false, false, false, true, true, true};
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < payloads.length; i++) {
      Event event = event(100, i);
      event.payload = payloads[i];
      event.wrap = wrapped[i] ? WRAP : other;
      own.add(event, 1);
      expected.add("100 7 5 " + i + " 0 " + payloads[i] + " " + wrapped[i]);
    }
    own.send(0, 0, false);
    assertThat(brought(own.letter(1, 0))).isEqualTo(expected);
  }

  @Test
  void shouldTellHowFarItsSenderIsInEveryLetter() {
    own.add(event(500, 0), 1);
    own.add(event(400, 1), 2);
    own.add(event(450, 2), 2);
    assertThat(own.leastPs(0, 2)).isEqualTo(500);
    assertThat(own.leastPs(0, 3)).isEqualTo(400);
    assertThat(own.leastPs(0, 1)).isEqualTo(Long.MAX_VALUE);
    own.send(0, 123, true);
    for (int to = 0; to < 3; to++) {
      assertThat(own.letter(to, 0).earliestPs()).isEqualTo(123);
      assertThat(own.letter(to, 0).isHalting()).isTrue();
    }
    assertThat(own.leastBeyondPs(0, 0, 1)).isEqualTo(400);
    assertThat(own.leastBeyondPs(0, 1, 3)).isEqualTo(Long.MAX_VALUE);
    assertThat(own.leastPs(0, 3)).as("in the next window").isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldKeepALetterUntilTheWindowAfterTheNext() {
    assertThat(own.letter(1, 0)).isNull();
    own.add(event(10, 0), 1);
    own.send(0, 1, false);
    assertThat(own.letter(1, 1)).as("of the next window").isNull();
    own.send(1, 2, false);
    assertThat(brought(own.letter(1, 0))).hasSize(1);
    assertThat(brought(own.letter(1, 1))).isEmpty();
    own.send(2, 3, false);
    assertThat(own.letter(1, 0)).as("its place has been taken").isNull();
    assertThat(own.letter(1, 2).earliestPs()).isEqualTo(3);
  }

  @Test
  void shouldBringNothingThatWasClearedOrThatIsOfARunBefore() {
    own.add(event(10, 0), 1);
    own.clear();
    own.send(0, 1, false);
    assertThat(brought(own.letter(1, 0))).isEmpty();
    own.begin(2, 1 << 16);
    assertThat(own.letter(1, 0)).isNull();
  }

  @Test
  void shouldNotMindAnEventThatCarriesNothing() {
    Event empty = event(10, 0);
    empty.payload = null;
    own.add(empty, 1);
    own.send(0, 1, false);
    assertThat(brought(own.letter(1, 0))).containsExactly("10 7 5 0 0 null true");
  }
}
