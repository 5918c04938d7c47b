package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long nowNs;

  private record At(long virtualPs, long events) implements Progress.Source {}

  private Progress progress(Progress.Form form) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Progress(stream, form, () -> nowNs, 3);
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldTellHowFarTheRunsAreWhenItTicks() {
    try (Progress progress = progress(Progress.Form.TEXT)) {
      progress.began(new At(5, 5), 10);
      progress.ended(2);
      progress.began(new At(1_500_000, 4_000), 6_000_000);
      nowNs = 2 * SECOND_NS;
      progress.tick();
    }

    assertThat(told().lines())
        .containsExactly(
            "1.500 us virtual, 4,000 events, 2,000 events/s, 1/3 runs done, 2 findings, at most"
                + " 6 s left");
  }

  @Test
  void shouldWriteAnObjectALineWhenJsonIsAsked() {
    try (Progress progress = progress(Progress.Form.JSON)) {
      progress.began(new At(0, 0), 10);
      nowNs = SECOND_NS;
      progress.tick();
    }

    assertThat(told())
        .isEqualToIgnoringNewLines(
            "{\"virtual_ps\": 0, \"events\": 0, \"events_per_second\": 0, \"runs_done\": 0,"
                + " \"runs_total\": 3, \"findings\": 0, \"left_at_most_s\": null}");
  }

  @Test
  void shouldSayNothingWhenQuietOrBetweenRuns() {
    try (Progress quiet = progress(Progress.Form.NONE);
        Progress between = progress(Progress.Form.TEXT)) {
      quiet.began(new At(1, 1), 10);
      quiet.tick();
      between.tick();
      between.began(new At(1, 1), 10);
      between.ended(0);
      between.tick();
    }

    assertThat(told()).isEmpty();
  }
}
