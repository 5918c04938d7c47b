package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.engine.RecordingCtx.Marked;
import dev.shootdown.engine.RecordingCtx.Sent;
import dev.shootdown.engine.RecordingCtx.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class RecordingCtxTest {
  private static final long PERIOD_PS = 100;

  private final RecordingCtx<String> ctx = new RecordingCtx<>("pinger");

  /** Pings all its peers now and after each period, three times, and reports to its owner. */
  private static Behavior<String> pinger(Ctx<String> ctx) {
    return Behaviors.setup(
        context -> {
          Port<String> owner = ctx.port("owner", String.class);
          Ports<Integer> peers = ctx.ports("peers", Integer.class);
          int[] rounds = new int[1];
          ctx.after(0, "round");
          return Behaviors.receiveMessage(
              message -> {
                for (int i = 0; i < peers.size(); i++) {
                  ctx.send(peers.at(i), rounds[0]);
                }
                ctx.mark(new Lab.Note(message + " " + rounds[0]));
                if (++rounds[0] < 3) {
                  ctx.after(PERIOD_PS, "round");
                } else {
                  ctx.send(owner, "done");
                }
                return Behaviors.same();
              });
        });
  }

  @Test
  void shouldRecordWhatAPartDoesWhenItRunsInATestKit() {
    ctx.withPorts("peers", 2);
    BehaviorTestKit<String> kit = BehaviorTestKit.create(pinger(ctx));
    ctx.run(kit::run, 10_000);

    assertThat(ctx.sent())
        .containsExactly(
            new Sent("peers", 0, 0, 0), new Sent("peers", 1, 0, 0),
            new Sent("peers", 0, 1, 100), new Sent("peers", 1, 1, 100),
            new Sent("peers", 0, 2, 200), new Sent("peers", 1, 2, 200),
            new Sent("owner", RecordingCtx.SINGLE, "done", 200));
    assertThat(ctx.marks())
        .containsExactly(
            new Marked(0, new Lab.Note("round 0")),
            new Marked(100, new Lab.Note("round 1")),
            new Marked(200, new Lab.Note("round 2")));
    assertThat(ctx.nowPs()).isEqualTo(200);
    assertThat(ctx.timers()).isEmpty();
  }

  /** The point of the class: what holds here holds on a machine. */
  @Test
  void shouldMarkWhatARealRunMarksWhenThePartIsAlone() {
    List<Marked> real = new ArrayList<>();
    Blueprint.Builder builder = Blueprint.builder();
    builder.component("pinger", RecordingCtxTest::pinger);
    builder.component("owner", Lab.listener((c, message) -> {}));
    builder.connect("pinger", "owner", builder.inlet("owner", "in", m -> m), new Lab.Fixed(1));
    try (SystemPool pool = new SystemPool()) {
      Observer observer = (atPs, component, fact) -> real.add(new Marked(atPs, fact));
      new Simulation(pool, builder.build(), RunOptions.plain(), Optional.of(observer)).run();
    }
    BehaviorTestKit<String> kit = BehaviorTestKit.create(pinger(ctx));
    ctx.run(kit::run, Long.MAX_VALUE);

    assertThat(ctx.marks()).isEqualTo(real).hasSize(3);
  }

  @Test
  void shouldStopAtTheLimitWhenTimersGoOn() {
    BehaviorTestKit<String> kit = BehaviorTestKit.create(pinger(ctx));
    ctx.run(kit::run, 100);

    assertThat(ctx.marks()).hasSize(2);
    assertThat(ctx.nowPs()).isEqualTo(100);
    assertThat(ctx.timers()).containsExactly(new Timer<>(200, "round"));
    assertThat(ctx.nextTimerPs()).isEqualTo(200);
  }

  @Test
  void shouldForgetWhatWasTakenWhenMessagesAreTaken() {
    Port<String> port = ctx.port("out", String.class);
    ctx.send(port, "one");

    assertThat(ctx.takeSent()).extracting(Sent::message).containsExactly("one");
    assertThat(ctx.sent()).isEmpty();
    ctx.send(port, "two");
    assertThat(ctx.sent()).extracting(Sent::message).containsExactly("two");
  }

  @Test
  void shouldOrderTimersByTimeThenByRequestWhenSomeTie() {
    ctx.after(20, "c");
    ctx.after(10, "a");
    ctx.after(20, "d");
    ctx.after(10, "b");
    ctx.after(0, "now");

    assertThat(ctx.timers()).extracting(Timer::message).containsExactly("now", "a", "b", "c", "d");
    ctx.advanceTo(19);
    assertThat(ctx.dueTimers()).extracting(Timer::message).containsExactly("now", "a", "b");
    assertThat(ctx.dueTimers()).isEmpty();
    ctx.advanceTo(20);
    assertThat(ctx.dueTimers())
        .containsExactly(new Timer<>(20, "c"), new Timer<>(20, "d"));
    assertThat(ctx.nextTimerPs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldDeliverLateWhenTheClockWasMovedPastATimer() {
    List<String> delivered = new ArrayList<>();
    ctx.after(10, "overdue");
    ctx.advanceTo(30);
    ctx.run(message -> delivered.add(ctx.nowPs() + " " + message), 40);

    assertThat(delivered).containsExactly("30 overdue");
  }

  @Test
  void shouldDeliverZeroDelaysBeforeLaterTimersWhenADeliveryAddsThem() {
    List<String> delivered = new ArrayList<>();
    ctx.after(10, "first");
    ctx.after(11, "last");
    ctx.run(
        message -> {
          delivered.add(message);
          if (message.equals("first")) {
            ctx.after(0, "between");
          }
        },
        11);

    assertThat(delivered).containsExactly("first", "between", "last");
  }

  @Test
  void shouldHaveNoMembersWhenAFamilyWasNotDeclared() {
    Ports<String> family = ctx.ports("cpus", String.class);

    assertThat(family.size()).isZero();
    assertThat(family.name()).isEqualTo("cpus");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> family.at(0))
        .withMessageContaining("cpus")
        .withMessageContaining("pinger");
  }

  @Test
  void shouldDescribeItsPortsWhenAsked() {
    ctx.withPorts("cpus", 3);

    assertThat(ctx.port("out", String.class).name()).isEqualTo("out");
    assertThat(ctx.port("out", String.class).peer()).isEqualTo("out");
    assertThat(ctx.ports("cpus", String.class).at(2).peer()).isEqualTo("cpus-2");
    assertThat(ctx.ports("cpus", String.class).size()).isEqualTo(3);
    assertThat(ctx.port("out", String.class).minimumPs()).isZero();
  }

  @Test
  void shouldRefuseWhatNoMachineWouldDo() {
    RecordingCtx<String> other = new RecordingCtx<>("other");
    Port<String> foreign = other.port("out", String.class);
    ctx.advanceTo(10);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ctx.send(foreign, "x"))
        .withMessageContaining("out");
    assertThatIllegalArgumentException().isThrownBy(() -> ctx.after(-1, "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ctx.advanceTo(9))
        .withMessageContaining("backwards");
    assertThatIllegalArgumentException().isThrownBy(() -> ctx.withPorts("cpus", -1));
    assertThat(ctx.sent()).isEmpty();
    assertThat(ctx.timers()).isEmpty();
  }

  @Test
  void shouldDrawTheDiceOfItsNameWhenThePartDraws() {
    assertThat(ctx.dice().nextLong()).isEqualTo(Dice.of(1, "pinger").nextLong());
    assertThat(ctx.name()).isEqualTo("pinger");
  }
}
