package dev.shootdown.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
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

  /** A real actor, and yet nobody but the test's thread runs it. */
  @Test
  void shouldRunThePartOnTheTestsThread() {
    List<Thread> threads = new ArrayList<>();
    part.start(ctx -> Behaviors.setup(context -> {
      threads.add(Thread.currentThread());
      assertThat(context.getSelf().path().name()).isNotEmpty();
      return Behaviors.receive(String.class)
          .onAnyMessage(text -> {
            threads.add(Thread.currentThread());
            return Behaviors.same();
          })
          .build();
    }));
    part.tell("a");

    assertThat(threads).containsExactly(Thread.currentThread(), Thread.currentThread());
  }

  @Test
  void shouldThrowWhatThePartThrowsAndTellThatItHasStopped() {
    part.start(ctx -> Behaviors.receive(String.class)
        .onAnyMessage(text -> {
          throw new IllegalStateException("lost my way");
        })
        .build());

    assertThatIllegalStateException().isThrownBy(() -> part.tell("a"))
        .withMessage("lost my way");
    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> part.tell("b"))
        .withMessageContaining("echo has stopped");
  }

  @Test
  void shouldThrowWhatThePartThrowsAtItsStart() {
    assertThatIllegalStateException().isThrownBy(() -> part.start(ctx -> Behaviors.setup(
            context -> {
              throw new IllegalStateException("no table");
            })))
        .withMessage("no table");
  }

  @Test
  void shouldRefuseToStartTwice() {
    part.start(PartKitTest::echo);

    assertThatIllegalStateException().isThrownBy(() -> part.start(PartKitTest::echo));
  }

  /** Hands a number on, less one, until it is 0; states what it hears. */
  private static Behavior<Integer> player(Ctx<Integer> ctx) {
    Port<Integer> other = ctx.port("other", Integer.class);
    return Behaviors.receive(Integer.class)
        .onAnyMessage(left -> {
          ctx.mark(new MachineFact.Drained(left));
          if (left > 0) {
            ctx.send(other, left - 1);
          }
          return Behaviors.same();
        })
        .build();
  }

  @Test
  void shouldCarryMessagesWithTheirLatencyWhenPartsAreJoined() {
    PartKit<Integer> ann = PartKit.named("ann");
    PartKit<Integer> bob = PartKit.named("bob");
    ann.join("other", Integer.class, bob, left -> left, PartKit.ns(10));
    bob.join("other", Integer.class, ann, left -> left, PartKit.ns(1));
    ann.start(PartKitTest::player);
    bob.start(PartKitTest::player);
    ann.tell(3);
    bob.advance(PartKit.ns(10));
    assertThat(heard(bob)).containsExactly(2L);
    assertThat(heard(ann)).containsExactly(3L);
    ann.advance(PartKit.ns(11));

    assertThat(heard(ann)).containsExactly(3L, 1L);
    assertThat(heard(bob)).containsExactly(2L, 0L);
    assertThat(bob.nowPs()).isEqualTo(ann.nowPs()).isEqualTo(PartKit.ns(21));
    assertThat(ann.probe("other", Integer.class).take()).containsExactly(2, 0);
  }

  private static List<Long> heard(PartKit<Integer> kit) {
    return kit.facts(MachineFact.Drained.class).stream().map(MachineFact.Drained::transfer)
        .toList();
  }

  /** As in a machine: by receiver, then by sender, then as they were sent. */
  @Test
  void shouldDeliverInTheOrderOfAMachineWhenMessagesArriveAtOnce() {
    PartKit<String> center = PartKit.named("m");
    List<PartKit<String>> senders = new ArrayList<>();
    List<String> got = new ArrayList<>();
    for (String name : List.of("z", "a")) {
      PartKit<String> sender = PartKit.named(name);
      sender.join("out", String.class, center, text -> text, 0);
      senders.add(sender);
    }
    for (PartKit<String> sender : senders) {
      sender.start(ctx -> says(ctx, ctx.name()));
      sender.tell("1");
      sender.tell("2");
    }
    center.start(
        ctx -> {
          ctx.after(0, "self");
          return Behaviors.receive(String.class)
              .onAnyMessage(text -> {
                got.add(text);
                return Behaviors.same();
              })
              .build();
        });
    center.advance(0);

    assertThat(got).containsExactly("a1", "a2", "self", "z1", "z2");
  }

  private static Behavior<String> says(Ctx<String> ctx, String name) {
    Port<String> out = ctx.port("out", String.class);
    return Behaviors.receive(String.class)
        .onAnyMessage(text -> {
          ctx.send(out, name + text);
          return Behaviors.same();
        })
        .build();
  }

  @Test
  void shouldTellMembersOfAFamilyApartWhenTheyAreJoined() {
    PartKit<String> left = PartKit.named("left");
    PartKit<String> right = PartKit.named("right");
    part.withPorts("outs", 2);
    part.join("outs", 0, String.class, left, text -> text, 0);
    part.join("outs", 1, String.class, right, text -> text, 0);
    part.start(PartKitTest::echo);
    left.start(ctx -> says(ctx, "left "));
    right.start(ctx -> says(ctx, "right "));
    part.tell("a");
    part.advance(PartKit.ns(100));

    assertThat(left.probe("out", String.class).takeOne()).isEqualTo("left say a at 100000");
    assertThat(right.probe("out", String.class).take()).isEmpty();
  }

  @Test
  void shouldRefuseToJoinWhatRunsAlready() {
    part.start(PartKitTest::echo);
    PartKit<String> late = PartKit.named("late");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> part.join("out", String.class, late, text -> text, 0))
        .withMessageContaining("before they start");
  }

  @Test
  void shouldNameThePartThatHasNotBeenStartedWhenSomethingArrives() {
    assertThatIllegalStateException().isThrownBy(() -> part.tell("a"))
        .withMessageContaining("echo has not been started");
  }
}
