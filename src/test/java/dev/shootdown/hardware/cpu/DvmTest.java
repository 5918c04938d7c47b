package dev.shootdown.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class DvmTest {
  private static final long NS = 1_000;
  private static final Broadcast.What WHAT = new Broadcast.What(
      1, PageRange.of(7), Broadcast.NO_GENERATION, FlushHandler.Walks.KEEP, false);

  private static PartHarness<Dvm.Command> dvm(int cpus) {
    return new PartHarness<>(
        new RecordingCtx<Dvm.Command>("dvm").withPorts("cpus", cpus),
        ctx -> Dvm.create(new DvmSpec(20 * NS, 40 * NS), ctx));
  }

  private static void say(PartHarness<Dvm.Command> dvm, Broadcast.ToInterconnect message) {
    dvm.tell(new Dvm.Arrived(message));
  }

  private static List<Broadcast.Synced> synced(PartHarness<Dvm.Command> dvm) {
    return dvm.takeSent("cpus").stream().map(RecordingCtx.Sent::message)
        .filter(Broadcast.Synced.class::isInstance).map(Broadcast.Synced.class::cast).toList();
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(Dvm.Command.class, () -> dvm(3));
  }

  @Test
  void shouldTellAllButTheIssuerAfterTheInstructionsHavePassed() {
    PartHarness<Dvm.Command> dvm = dvm(3);
    say(dvm, new Broadcast.Invalidate(1, WHAT, 4));
    dvm.settle();

    assertThat(dvm.takeSent("cpus")).extracting(RecordingCtx.Sent::member, RecordingCtx.Sent::atPs)
        .containsExactly(
            tuple(0, 80 * NS),
            tuple(2, 80 * NS));
  }

  @Test
  void shouldAnswerOnlyWhenEverybodyHasForgottenEverything() {
    PartHarness<Dvm.Command> dvm = dvm(3);
    say(dvm, new Broadcast.Invalidate(1, WHAT, 1));
    say(dvm, new Broadcast.Invalidate(1, WHAT, 1));
    say(dvm, new Broadcast.Sync(1, 2, 77));
    dvm.settle();
    say(dvm, new Broadcast.Forgotten(0, 0));
    say(dvm, new Broadcast.Forgotten(2, 0));
    say(dvm, new Broadcast.Forgotten(0, 1));
    dvm.settle();
    assertThat(synced(dvm)).isEmpty();
    say(dvm, new Broadcast.Forgotten(2, 1));
    dvm.settle();

    assertThat(synced(dvm)).containsExactly(new Broadcast.Synced(77));
  }

  /** A wait that overtakes what it is for must not be answered too soon. */
  @Test
  void shouldCountWhatWasIssuedWhenTheWaitArrivesFirst() {
    PartHarness<Dvm.Command> dvm = dvm(2);
    say(dvm, new Broadcast.Sync(0, 1, 5));
    dvm.settle();
    assertThat(synced(dvm)).isEmpty();
    say(dvm, new Broadcast.Invalidate(0, WHAT, 1));
    dvm.settle();
    say(dvm, new Broadcast.Forgotten(1, 0));
    dvm.settle();

    assertThat(synced(dvm)).hasSize(1);
  }

  @Test
  void shouldTakeLongerTheMoreCpusBroadcastAtATime() {
    for (int broadcasters = 1; broadcasters <= 8; broadcasters++) {
      PartHarness<Dvm.Command> dvm = dvm(9);
      for (int i = 0; i < broadcasters; i++) {
        say(dvm, new Broadcast.Invalidate(i, WHAT, 1));
      }
      dvm.settle();

      assertThat(dvm.nowPs()).isEqualTo(broadcasters * 20 * NS);
    }
  }

  @Test
  void shouldStateABreachWhenSomethingIsAcknowledgedThatWasNotSaid() {
    PartHarness<Dvm.Command> dvm = dvm(2);
    say(dvm, new Broadcast.Forgotten(1, 9));

    assertThat(dvm.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }
}
