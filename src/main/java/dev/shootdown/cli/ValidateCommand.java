package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.validate.GuestValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints measured beside predicted medians of the 2-vCPU guest. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Published measurements beside what the model predicts: munmap and MADV_DONTNEED by size,",
      "on the 2-vCPU guest (calibration item M1).",
      "Exit 13 if a point that the profile was fitted on is out of tolerance."
    })
final class ValidateCommand implements Callable<Integer> {
  private static final double TOLERANCE = 0.15;

  private final Terminal terminal;

  @Option(
      names = "-D",
      paramLabel = "PATH=VALUE",
      description = "Overrides a configuration key of the machine; repeatable.")
  private List<String> settings = new ArrayList<>();

  ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    boolean met = true;
    int missed = 0;
    terminal.out().println("operation         mode    pages  measured us  predicted us  error %");
    try (SystemPool pool = new SystemPool()) {
      for (GuestValidation.Point point : new GuestValidation(pool, settings).points()) {
        boolean miss = Math.abs(point.error()) > TOLERANCE;
        missed += miss ? 1 : 0;
        met &= !(miss && point.fitted());
        terminal.out()
            .printf(
                Locale.ROOT,
                "%-17s %-7s %5d %12.3f %13.3f %+8.1f  %s%n",
                point.operation(), point.mode(), point.pages(), point.measuredNs() / 1e3,
                point.predictedNs() / 1e3, 100 * point.error(),
                (point.fitted() ? "fitted" : "predicted") + (miss ? ", MISSED" : ""));
      }
    }
    terminal.out().println("beyond 15 %: " + missed);
    return met ? ExitCode.OK : ExitCode.NOT_MET;
  }
}
