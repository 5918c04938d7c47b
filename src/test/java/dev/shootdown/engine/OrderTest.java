package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The one order of events: (time, receiver, sender, sender's sequence number). It has to follow
 * from the machine alone, or another number of workers would give another run; so no part of it may
 * be an arrival order, an identity hash, or a counter that two parts share.
 */
class OrderTest {
  private final List<String> seen = new ArrayList<>();

  private Blueprint.Builder listeners(String... names) {
    Blueprint.Builder builder = Blueprint.builder();
    for (String name : names) {
      builder.component(name, Lab.listener(this::note));
    }
    return builder;
  }

  private void note(Ctx<Object> ctx, Object message) {
    seen.add(ctx.nowPs() + " " + ctx.name() + " " + message);
  }

  private static Consumer<Ctx<Object>> sending(String port, Object... messages) {
    return ctx -> {
      for (Object message : messages) {
        Lab.send(ctx, port, message);
      }
    };
  }

  @Test
  void shouldDeliverByReceiverThenSenderThenSequenceWhenTimesAreEqual() {
    Blueprint.Builder builder = listeners("r2", "r1");
    for (String sender : List.of("s2", "s1")) {
      builder.component(
          sender,
          Lab.starter(sending("to-r2", sender + " 1st").andThen(sending("to-r1", sender + " 2nd"))
              .andThen(sending("to-r2", sender + " 3rd"))));
      Lab.wire(builder, sender, "to-r1", "r1", 10);
      Lab.wire(builder, sender, "to-r2", "r2", 10);
    }
    Lab.run(builder.build());

    assertThat(seen)
        .containsExactly(
            "10 r1 s1 2nd", "10 r1 s2 2nd",
            "10 r2 s1 1st", "10 r2 s1 3rd", "10 r2 s2 1st", "10 r2 s2 3rd");
  }

  @Test
  void shouldDeliverByTimeFirstWhenTimesDiffer() {
    Blueprint.Builder builder = listeners("a", "b");
    builder.component("s", Lab.starter(sending("slow", "late").andThen(sending("fast", "soon"))));
    Lab.wire(builder, "s", "slow", "a", 11);
    Lab.wire(builder, "s", "fast", "b", 10);
    Lab.run(builder.build());

    assertThat(seen).containsExactly("10 b soon", "11 a late");
  }

  @Test
  void shouldCountSendsOverAllPortsWhenParallelWiresTie() {
    Blueprint.Builder builder = listeners("r");
    builder.component(
        "s",
        Lab.starter(
            sending("p", 1).andThen(sending("q", 2)).andThen(sending("p", 3))
                .andThen(sending("q", 4))));
    Lab.wire(builder, "s", "q", "r", 10);
    Lab.wire(builder, "s", "p", "r", 10);
    Lab.run(builder.build());

    assertThat(seen).containsExactly("10 r 1", "10 r 2", "10 r 3", "10 r 4");
  }

  @Test
  void shouldCountSendsToItselfWithTheOthersWhenTimerAndWireTie() {
    Blueprint.Builder builder = Blueprint.builder();
    builder.component(
        "a",
        Lab.part(
            ctx -> {
              ctx.after(10, "timer 1");
              Lab.send(ctx, "loop", "wire 2");
              ctx.after(10, "timer 3");
            },
            this::note));
    Lab.wire(builder, "a", "loop", "a", 10);
    Lab.run(builder.build());

    assertThat(seen).containsExactly("10 a timer 1", "10 a wire 2", "10 a timer 3");
  }

  /**
   * A message without delay is not put behind what its instant already holds: the least key among
   * those now queued is next. Were it put behind, the order would depend on when it was queued.
   */
  @Test
  void shouldPutAZeroDelayEventBeforeOthersOfItsInstantWhenItsKeyIsSmaller() {
    Blueprint.Builder builder = listeners("a", "c");
    builder.component(
        "b",
        Lab.listener(
            (ctx, message) -> {
              note(ctx, message);
              if (message.equals("start")) {
                Lab.send(ctx, "to-c", "from b");
                Lab.send(ctx, "to-a", "from b");
                ctx.after(0, "again");
              }
            }));
    builder.component(
        "s", Lab.starter(sending("to-c", "queued").andThen(sending("to-b", "start"))));
    Lab.wire(builder, "s", "to-b", "b", 10);
    Lab.wire(builder, "s", "to-c", "c", 10);
    Lab.wire(builder, "b", "to-a", "a", 0);
    Lab.wire(builder, "b", "to-c", "c", 0);
    Lab.run(builder.build());

    assertThat(seen)
        .containsExactly(
            "10 b start", "10 a from b", "10 b again", "10 c from b", "10 c queued");
  }

  /** Twice on the wire, the second copy late: what a link does when duplication is injected. */
  private static final class Doubling implements Link {
    private long latencyPs = 0;

    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      latencyPs += 10;
      return nowPs + latencyPs;
    }

    @Override
    public long minimumPs() {
      return 10;
    }

    @Override
    public int copies(long nowPs, Object message) {
      return message.equals("lost") ? 0 : 2;
    }
  }

  @Test
  void shouldGiveADuplicateItsOwnNumberAndArrivalWhenALinkDoublesAMessage() {
    Blueprint.Builder builder = listeners("r");
    builder.component(
        "s", Lab.starter(sending("plain", "before").andThen(sending("doubling", "twice"))
            .andThen(sending("plain", "after"))));
    Lab.wire(builder, "s", "plain", "r", 20);
    builder.connect("s", "doubling", Lab.inlet(builder, "r"), new Doubling());
    RunOutcome outcome = Lab.run(builder.build());

    // The second copy ties with both plain messages and was numbered between them.
    assertThat(seen).containsExactly("10 r twice", "20 r before", "20 r twice", "20 r after");
    assertThat(outcome.events()).isEqualTo(4);
  }

  @Test
  void shouldDeliverNothingWhenALinkLosesTheMessage() {
    Blueprint.Builder builder = listeners("r");
    builder.component("s", Lab.starter(sending("doubling", "lost")));
    builder.connect("s", "doubling", Lab.inlet(builder, "r"), new Doubling());
    RunOutcome outcome = Lab.run(builder.build());

    assertThat(seen).isEmpty();
    assertThat(outcome.failure()).isEmpty();
  }

  private Blueprint crowdOfTies() {
    Blueprint.Builder builder = listeners("a", "b", "c", "d", "e");
    builder.component(
        "s",
        Lab.starter(ctx -> List.of("a", "b", "c", "d", "e").forEach(p -> Lab.send(ctx, p, "tie"))));
    List.of("a", "b", "c", "d", "e").forEach(name -> Lab.wire(builder, "s", name, name, 10));
    return builder.build();
  }

  @Test
  void shouldPermuteTiesReproduciblyWhenTheTieOrderHasASeed() {
    List<List<String>> orders = new ArrayList<>();
    for (long tieSeed : new long[] {1, 1, 2, 3}) {
      seen.clear();
      Lab.run(crowdOfTies(), Lab.tied(tieSeed));
      orders.add(List.copyOf(seen));
    }
    seen.clear();
    Lab.run(crowdOfTies());

    assertThat(orders.get(0)).isEqualTo(orders.get(1));
    assertThat(orders.subList(1, 4)).doesNotHaveDuplicates();
    assertThat(orders).allSatisfy(o -> assertThat(o).containsExactlyInAnyOrderElementsOf(seen));
    assertThat(seen).isSorted();
  }
}
