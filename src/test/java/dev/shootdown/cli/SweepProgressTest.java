package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.sweep.RunResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SweepProgressTest {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final Interrupts interrupts = new Interrupts(code -> {}, false);
  private long nowNs;

  private SweepProgress progress(Progress.Form form) {
    return new SweepProgress(
        new PrintStream(text, true, StandardCharsets.UTF_8), form, () -> nowNs, interrupts);
  }

  private static RunResult run(String verdict, long findings, String failure) {
    return new RunResult(
        new RunResult.RunKey(0, 0), new RunResult.Ending(1, verdict, findings, "", failure),
        new TreeMap<>(), new TreeMap<>(), List.of(), new byte[0]);
  }

  @Test
  void shouldTellHowFarItIsWhenRunsEnded() {
    try (SweepProgress progress = progress(Progress.Form.TEXT)) {
      progress.tick();
      progress.planned(10, 40);
      progress.ended(run("clean", 0, ""));
      progress.ended(run("stale-use", 2, ""));
      progress.ended(run("", 0, "it broke"));
      nowNs = 6_000_000_000L;
      progress.tick();

      assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo(
          "13/40 runs done, 0.5 runs/s, 1 failures, 1 with findings, about 54 s left\n");
    }
  }

  @Test
  void shouldWriteAnObjectALineWhenJsonIsAsked() {
    try (SweepProgress progress = progress(Progress.Form.JSON)) {
      progress.planned(0, 4);
      progress.tick();

      assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo(
          "{\"runs_done\": 0, \"runs_total\": 4, \"failures\": 0, \"findings\": 0,"
              + " \"left_s\": null}\n");
    }
  }

  @Test
  void shouldStopTheSweepWhenThereWasASignal() {
    try (SweepProgress progress = progress(Progress.Form.NONE)) {
      assertThat(progress.isStopped()).isFalse();
      interrupts.onSignal(2);
      assertThat(progress.isStopped()).isTrue();
    }
  }
}
