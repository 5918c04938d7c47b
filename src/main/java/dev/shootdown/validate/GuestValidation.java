package dev.shootdown.validate;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Calibration item M1: munmap and MADV_DONTNEED by size on a 2-vCPU guest, measured medians beside
 * what the profile guest-2vcpu gives.
 *
 * <p>The measurements ({@code measured-shootdown.csv}) were taken on Linux 6.18 in a KVM guest:
 * medians over nine runs, 300 calls a size and run. Modes: single, one thread; idle, a partner
 * sleeps on the other CPU; spin, it has read all pages and spins in user mode.
 */
public final class GuestValidation {
  /** Sizes that the profile was fitted on; the others are predictions. */
  private static final List<Integer> FITTED = List.of(1, 8, 33, 34, 128);

  private static final String MEASURED = "/validate/measured-shootdown.csv";
  private static final long FIRST_PAGE = 0x7f0000010L;
  private static final long START_PS = 100_000_000L;

  /**
   * One point.
   *
   * @param fitted whether the profile was fitted on it
   * @param measuredNs median of the runs' medians, in ns
   * @param predictedNs what the model gives, in ns
   */
  public record Point(
      String operation, String mode, int pages, boolean fitted, long measuredNs,
      double predictedNs) {
    /** Prediction over measurement, minus one. */
    public double error() {
      return predictedNs / measuredNs - 1;
    }
  }

  private final Workbench bench;
  private final Scenario profile;

  /** Validates the profile with the workbench's settings. */
  public GuestValidation(Workbench bench) {
    this.bench = bench;
    this.profile = Scenarios.profile("guest-2vcpu", bench.settings());
  }

  /** All points, in the order of the measurements. */
  public List<Point> points() {
    List<Point> points = new ArrayList<>();
    for (String line : measured()) {
      String[] cells = line.split(",");
      Optional<Path> path = path(cells[0]);
      if (path.isPresent() && List.of("single", "idle", "spin").contains(cells[1])) {
        int pages = Integer.parseInt(cells[2]);
        points.add(
            new Point(
                cells[0], cells[1], pages, FITTED.contains(pages), Long.parseLong(cells[6]),
                predictNs(path.get(), cells[1], pages)));
      }
    }
    return points;
  }

  private Optional<Path> path(String operation) {
    String name = operation.equals("madvise_dontneed") ? "dontneed" : operation;
    return Optional.ofNullable(profile.kernel().paths().get(name));
  }

  private double predictNs(Path path, String mode, int pages) {
    PageRange range = new PageRange(FIRST_PAGE, pages);
    Scenario.Area area = new Scenario.Area("a", range, true, false, true, -1);
    Scenario.Process process = new Scenario.Process("app", 0, List.of(), List.of(area));
    Map<String, List<Action>> work = new TreeMap<>();
    work.put(
        "cpu0",
        List.of(
            new Action.SwitchTo(0), new Action.TouchAll(0, range, Access.WRITE),
            new Action.SpinUntil(START_PS),
            new Action.Operate(path, 0, range, new PageRange(0, 0), -1)));
    if (mode.equals("idle")) {
      work.put("cpu1", List.of(new Action.SwitchTo(0), new Action.GoIdle()));
    } else if (mode.equals("spin")) {
      work.put(
          "cpu1",
          List.of(
              new Action.SwitchTo(0), new Action.TouchAll(0, range, Access.READ),
              new Action.SpinUntil(10 * START_PS)));
    }
    List<LedgerRow> rows = bench.run(profile.withWork(List.of(process), work)).rows(path.name());
    if (rows.isEmpty()) {
      throw new IllegalStateException("the run of " + path.name() + " did not end");
    }
    return rows.get(0).elapsedPs() / 1000.0;
  }

  private static List<String> measured() {
    InputStream stream = GuestValidation.class.getResourceAsStream(MEASURED);
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the measurements cannot be read", e);
    }
  }
}
