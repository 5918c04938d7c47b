package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ObserverTest {
  private static void mark(Ctx<Object> ctx, Object message) {
    ctx.mark(new Lab.Note(message + " 1"));
    ctx.mark(new Lab.Note(message + " 2"));
  }

  private static Blueprint chain() {
    Blueprint.Builder builder = Blueprint.builder();
    builder.component("a", Lab.listener(ObserverTest::mark));
    builder.component("c", Lab.listener(ObserverTest::mark));
    builder.component(
        "b",
        Lab.listener(
            (ctx, message) -> {
              mark(ctx, message);
              Lab.send(ctx, "to-a", "effect");
            }));
    builder.component(
        "s",
        Lab.starter(
            ctx -> {
              ctx.mark(new Lab.Note("start"));
              Lab.send(ctx, "to-c", "cause");
              Lab.send(ctx, "to-b", "cause");
            }));
    Lab.wire(builder, "s", "to-b", "b", 10);
    Lab.wire(builder, "s", "to-c", "c", 10);
    Lab.wire(builder, "b", "to-a", "a", 0);
    return builder.build();
  }

  /** Delivered as b, a, c; shown as b, c, a: nobody may see an effect before all its causes. */
  @Test
  void shouldShowTimeThenDepthThenComponentThenOrderWhenFactsTie() {
    List<Lab.Seen> seen = Lab.observed(chain(), RunOptions.plain());

    assertThat(seen)
        .extracting(s -> s.atPs() + " " + s.component() + " " + ((Lab.Note) s.fact()).text())
        .containsExactly(
            "0 s start",
            "10 b cause 1", "10 b cause 2",
            "10 c cause 1", "10 c cause 2",
            "10 a effect 1", "10 a effect 2");
  }

  @Test
  void shouldShowTheSameWhenTheNumberOfWorkersDiffers() {
    List<Lab.Seen> alone = Lab.observed(Gossip.blueprint(4, 30), RunOptions.plain());
    List<Lab.Seen> two =
        Lab.observed(Gossip.blueprint(4, 30), RunOptions.plain().withWorkers(2));
    List<Lab.Seen> three =
        Lab.observed(Gossip.blueprint(4, 30), RunOptions.plain().withWorkers(3));

    assertThat(alone).hasSizeGreaterThan(400);
    assertThat(two).isEqualTo(alone);
    assertThat(three).isEqualTo(alone);
  }

  @Test
  void shouldShowEveryFactWhenTheRunEndsInTheMiddle() {
    RunOptions options = Lab.until(5_000);
    List<Lab.Seen> alone = Lab.observed(Gossip.blueprint(3, 30), options);
    List<Lab.Seen> two = Lab.observed(Gossip.blueprint(3, 30), options.withWorkers(2));
    RunOutcome outcome = Lab.run(Gossip.blueprint(3, 30), options);

    assertThat(alone).hasSize((int) outcome.events());
    assertThat(two).isEqualTo(alone);
  }
}
