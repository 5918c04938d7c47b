package dev.shootdown.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.trace.MachineFact;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PartKitTest {
  @RegisterExtension final PartKit<String> part = PartKit.named("echo");

  /** Says what it hears 100 ns later, and once more 50 ns after that. */
  private static Behavior<String> echo(Ctx<String> ctx) {
    Ports<String> outs = ctx.ports("outs", String.class);
    return Behaviors.receive(String.class)
        .onMessageEquals("breach", () -> {
          ctx.mark(new MachineFact.ProtocolBreach("a rule"));
          return Behaviors.same();
        })
        .onMessage(String.class, heard -> !heard.equals("ignored"), heard -> {
          if (heard.startsWith("say ")) {
            ctx.send(outs.at(0), heard + " at " + ctx.nowPs());
            ctx.mark(new MachineFact.Drained(ctx.nowPs()));
          } else {
            ctx.after(PartKit.ns(100), "say " + heard);
            ctx.after(PartKit.ns(150), "say " + heard);
          }
          return Behaviors.same();
        })
        .build();
  }

  @Test
  void shouldDeliverWhatIsDueAndNothingElseWhenTimeAdvances() {
    part.withPorts("outs", 1).start(PartKitTest::echo);
    Probe<String> outs = part.probe("outs", String.class);
    part.tell("a");
    part.advance(PartKit.ns(99));
    assertThat(outs.take()).isEmpty();
    part.advance(PartKit.ns(1));
    assertThat(outs.takeOne()).isEqualTo("say a at 100000");
    assertThat(part.nowPs()).isEqualTo(100_000);
    part.advance(PartKit.ns(500));

    assertThat(outs.take()).containsExactly("say a at 150000");
    assertThat(part.nowPs()).isEqualTo(600_000);
    assertThat(part.facts(MachineFact.Drained.class)).containsExactly(
        new MachineFact.Drained(100_000), new MachineFact.Drained(150_000));
  }

  @Test
  void shouldFailWhenACommandIsLeftUnhandled() {
    part.start(PartKitTest::echo);

    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> part.tell("ignored"))
        .withMessageContaining("echo").withMessageContaining("ignored");
  }

  @Test
  void shouldFailTheTestAtItsEndWhenABreachWasNotExpected() {
    part.start(PartKitTest::echo);
    part.tell("breach");

    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> part.afterEach(null))
        .withMessageContaining("a rule");
  }

  @Test
  void shouldPassWhenTheBreachWasExpected() {
    part.start(PartKitTest::echo);
    part.tell("breach");

    assertThat(part.takeBreaches()).containsExactly("a rule");
    part.afterEach(null);
  }

  @Test
  void shouldFailWhenThereIsNotExactlyOneMessage() {
    part.withPorts("outs", 1).start(PartKitTest::echo);
    Probe<String> outs = part.probe("outs", String.class);

    assertThatExceptionOfType(AssertionError.class).isThrownBy(outs::takeOne)
        .withMessageContaining("outs");
  }

  @Test
  void shouldRefuseToStartTwice() {
    part.start(PartKitTest::echo);

    assertThatIllegalStateException().isThrownBy(() -> part.start(PartKitTest::echo));
  }
}
