package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool.HandOver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

/** What an actor may rely on, it may rely on whichever way its messages come. */
class HandOverTest {
  private final List<String> seen = new ArrayList<>();

  private void run(HandOver handOver, Function<Ctx<Object>, Behavior<Object>> part) {
    try (SystemPool pool = new SystemPool(handOver)) {
      Blueprint blueprint = Blueprint.builder().component("part", part).build();
      RunOutcome outcome =
          new Simulation(pool, blueprint, RunOptions.plain(), Optional.empty()).run();
      assertThat(outcome.failure()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(HandOver.class)
  void shouldCallWhatAStoppedPartLeavesBehindOnceWhenItStopsInMidRun(HandOver handOver) {
    run(
        handOver,
        ctx ->
            Behaviors.setup(
                context -> {
                  ctx.after(1, "go on");
                  ctx.after(2, "enough");
                  return Behaviors.receiveMessage(
                      message -> {
                        seen.add(message + " at " + ctx.nowPs());
                        return message.equals("enough")
                            ? Behaviors.stopped(() -> seen.add("left"))
                            : Behaviors.same();
                      });
                }));

    assertThat(seen).containsExactly("go on at 1", "enough at 2", "left");
  }

  @ParameterizedTest
  @EnumSource(HandOver.class)
  void shouldSignalTheEndWhenTheRunIsOver(HandOver handOver) {
    run(
        handOver,
        ctx ->
            Behaviors.setup(
                context -> {
                  ctx.after(1, "go on");
                  return Behaviors.receive(Object.class)
                      .onAnyMessage(
                          message -> {
                            seen.add("message");
                            return Behaviors.same();
                          })
                      .onSignal(
                          PostStop.class,
                          end -> {
                            seen.add("end");
                            return Behaviors.same();
                          })
                      .build();
                }));

    assertThat(seen).containsExactly("message", "end");
  }

  @ParameterizedTest
  @EnumSource(HandOver.class)
  void shouldLetAPartUseItsActorContextWhenItHandlesAMessage(HandOver handOver) {
    run(
        handOver,
        ctx ->
            Behaviors.setup(
                context -> {
                  ctx.after(1, "go on");
                  ctx.after(2, "go on");
                  return Behaviors.receiveMessage(
                      message -> {
                        seen.add("labels of the part before: " + MDC.getCopyOfContextMap());
                        context.getLog().debug("has labels");
                        seen.add(MDC.get("pekkoSource"));
                        context.spawn(Behaviors.empty(), "child-" + ctx.nowPs());
                        seen.add("children: " + context.getChildren().size());
                        return Behaviors.same();
                      });
                }));

    assertThat(seen).hasSize(6);
    assertThat(seen.get(1)).endsWith("/part").isEqualTo(seen.get(4));
    assertThat(seen.get(3)).doesNotContain("pekkoSource");
    assertThat(seen.get(2)).isEqualTo("children: 1");
    assertThat(seen.get(5)).isEqualTo("children: 2");
  }
}
