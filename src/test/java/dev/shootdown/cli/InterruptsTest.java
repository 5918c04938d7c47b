package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptsTest {
  private static final int INT = 2;
  private static final int TERM = 15;
  private static final String LONG =
      "dma=[{device=nic0, process=app, area=a, access=read, at=5us, every=300ns, count=1000000}]";

  private final List<Integer> halted = new ArrayList<>();
  private final Interrupts interrupts = new Interrupts(halted::add, false);

  @TempDir private Path out;

  @Test
  void shouldOnlyAskTheRunToStopWhenTheFirstSignalComes() {
    assertThat(interrupts.isRaised()).isFalse();

    interrupts.onSignal(INT);

    assertThat(interrupts.stop().isRaised()).isTrue();
    assertThat(interrupts.exitCode()).isEqualTo(130);
    assertThat(halted).isEmpty();
  }

  @Test
  void shouldEndTheProcessWhenTheSecondSignalComes() {
    interrupts.onSignal(INT);
    interrupts.onSignal(TERM);

    assertThat(halted).containsExactly(143);
  }

  @Test
  void shouldLeaveAPartialResultThatNeverCollidesWhenARunIsInterrupted() {
    String[] line = {
      "run", "scenarios/01-unmap-one-page.conf", "--quiet", "--out", out.toString(), "-D", LONG
    };
    interrupts.onSignal(INT);

    Typed first = Typed.in(Typed.PROJECT, interrupts, line);
    Typed second = Typed.in(Typed.PROJECT, interrupts, line);

    assertThat(first.exitCode()).isEqualTo(130);
    assertThat(first.errLines()).containsExactly("shootdown: interrupted");
    assertThat(first.out()).contains("inconclusive  01-unmap-one-page-");
    assertThat(second).isEqualTo(first);
    assertThat(out.toFile().list())
        .singleElement().asString()
        .startsWith("01-unmap-one-page-").endsWith("-s1.partial");
    assertThat(first.directory().resolve("manifest.json")).content().contains("\"exit_code\": 130");
  }

  @Test
  void shouldKeepWhatIsWholeAndBeginNothingMoreWhenInterruptedAtTheEndOfARun() {
    interrupts.onSignal(INT); // noticed only after some thousands of events: the run is over then

    Typed typed =
        Typed.in(
            Typed.PROJECT, interrupts, "run", "scenarios/02-overtaken-fill.conf", "--quiet",
            "--out", out.toString());

    assertThat(typed.exitCode()).isEqualTo(130);
    assertThat(out.toFile().list())
        .singleElement().asString()
        .startsWith("02-overtaken-fill-broken-").endsWith("-s1");
  }
}
