package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RecordingCtx;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class CommandAuditTest {
  sealed interface Order {}

  record Known(long at) implements Order {}

  record Failing(Known inner) implements Order {}

  record Forgotten(boolean on) implements Order {}

  @Test
  void shouldNameTheForgottenCommandWhenAPartHasNoRowForIt() {
    assertThat(CommandAudit.unhandled(Order.class, () -> new PartHarness<>(
        new RecordingCtx<Order>("forgetful"), ctx -> Behaviors.receive(Order.class)
            .onMessage(Known.class, known -> Behaviors.same())
            .onMessage(Failing.class, failing -> {
              throw new IllegalStateException("reached");
            })
            .build()))).containsExactly("Forgotten");
  }
}
