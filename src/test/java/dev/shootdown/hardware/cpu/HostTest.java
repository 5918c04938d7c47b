package dev.shootdown.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostTest {
  private static final long US = 1_000_000;
  private static final HostSpec SPEC = new HostSpec(2, 100 * US, US, 5 * US);

  /** vCPUs 0 and 2 share the first physical CPU, 1 and 3 the second. */
  private final PartHarness<Host.Command> host = host();

  private static PartHarness<Host.Command> host() {
    return new PartHarness<>(
        new RecordingCtx<Host.Command>("host0").withPorts("cpus", 4),
        ctx -> Host.create(SPEC, ctx));
  }

  private void say(Hosting.ToHost message) {
    host.tell(new Host.Heard(message));
  }

  /** What was told to whom since the last call, such as {@code "run 2"}. */
  private List<String> told() {
    return host.takeSent("cpus").stream()
        .map(sent -> (sent.message() instanceof Hosting.Stop ? "stop " : "run ") + sent.member())
        .toList();
  }

  /** vCPU 0 runs, and its first slice is over. */
  private void runAlone() {
    say(new Hosting.Ready(0));
    host.settle();
    assertThat(told()).containsExactly("run 0");
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(Host.Command.class, HostTest::host);
  }

  @Test
  void shouldRunTheOtherOnlyWhenTheFirstHasLeft() {
    say(new Hosting.Ready(0));
    say(new Hosting.Ready(2));
    host.runUntil(US);
    String first = told().get(0);
    int running = Integer.parseInt(first.substring("run ".length()));
    host.settle();
    assertThat(told()).as("the slice is over").containsExactly("stop " + running);

    say(new Hosting.Left(running, Hosting.Why.STOPPED));
    long leftPs = host.nowPs();
    host.runUntil(leftPs + US - 1);
    assertThat(told()).as("the switch takes its time").isEmpty();
    host.runUntil(leftPs + US);
    assertThat(told()).containsExactly("run " + (2 - running));
  }

  @Test
  void shouldLetPhysicalCpusBeWhenTheirVcpusDoNotMeet() {
    say(new Hosting.Ready(0));
    say(new Hosting.Ready(1));
    host.settle();

    assertThat(told()).containsExactlyInAnyOrder("run 0", "run 1");
  }

  @Test
  void shouldStopOneThatHasHadItsSliceAsSoonAsAnotherWaits() {
    runAlone();
    say(new Hosting.Ready(2));

    assertThat(told()).containsExactly("stop 0");
  }

  @Test
  void shouldSendASpinnerBackWhenNobodyElseWants() {
    runAlone();
    say(new Hosting.Left(0, Hosting.Why.SPUN));

    assertThat(host.takeSent("cpus")).extracting(RecordingCtx.Sent::message)
        .containsExactly(new Hosting.Run(0));
  }

  @Test
  void shouldPassOnWhenOneSpinsAndAnotherWaits() {
    runAlone();
    say(new Hosting.Ready(2));
    say(new Hosting.Left(0, Hosting.Why.SPUN));
    host.settle();

    assertThat(told()).startsWith("stop 0", "run 2");
  }

  @Test
  void shouldForgetOneThatHaltsUntilItAsksAgain() {
    runAlone();
    say(new Hosting.Left(0, Hosting.Why.HALTED));
    host.settle();
    assertThat(told()).isEmpty();

    say(new Hosting.Ready(0));
    host.settle();
    assertThat(told()).containsExactly("run 0");
  }

  @Test
  void shouldTellABreachWhenOneLeavesThatDoesNotRun() {
    say(new Hosting.Left(3, Hosting.Why.HALTED));

    assertThat(host.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }
}
