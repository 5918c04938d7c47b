package dev.shootdown.cli;

import dev.shootdown.scenario.ScenarioRun;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A line now and then for whoever waits: how far the runs are. */
final class Progress implements AutoCloseable {
  /** How it is written. */
  enum Form {
    /** Not at all. */
    NONE,
    /** A line for people. */
    TEXT,
    /** An object a line, for programs. */
    JSON
  }

  /**
   * What somebody who waits wants to see.
   *
   * @param everyMs time from line to line in ms, ≥ 1
   */
  record Manner(Form form, long everyMs) {
    static final Manner SILENT = new Manner(Form.NONE, USUAL_MS);

    boolean isSilent() {
      return form == Form.NONE;
    }
  }

  /** Virtual time and events of the run that is going on. */
  interface Source {
    long virtualPs();

    long events();
  }

  static final long USUAL_MS = 2_000;

  private static final double NS_PER_S = 1e9;

  /** A bound above this says nothing: the limit is there for runs that don't end. */
  private static final long LEFT_MOST_S = 24 * 3600;

  private final PrintStream err;
  private final Form form;
  private final LongSupplier nanoClock;
  private final int runs;
  private final ScheduledExecutorService ticker;
  private Source source;
  private long untilPs;
  private long beganNs;
  private int done;
  private long findings;

  /**
   * Progress of {@code runs} runs. Nothing is printed but by {@link #tick}, until {@link #start}.
   *
   * @param nanoClock a monotonic clock in ns
   */
  Progress(PrintStream err, Form form, LongSupplier nanoClock, int runs) {
    this.err = err;
    this.form = form;
    this.nanoClock = nanoClock;
    this.runs = runs;
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "shootdown-progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Ticks from now on every {@code everyMs} ms, until closed. */
  Progress start(long everyMs) {
    if (form != Form.NONE) {
      ticker.scheduleAtFixedRate(this::tick, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }
    return this;
  }

  /** The next run has begun; it ends at {@code untilPs} at the latest. */
  void began(ScenarioRun run, long untilPs) {
    began(
        new Source() {
          @Override
          public long virtualPs() {
            return run.progressPs();
          }

          @Override
          public long events() {
            return run.progressEvents();
          }
        },
        untilPs);
  }

  synchronized void began(Source newSource, long newUntilPs) {
    source = newSource;
    untilPs = newUntilPs;
    beganNs = nanoClock.getAsLong();
  }

  /** The run is over. */
  synchronized void ended(long newFindings) {
    source = null;
    done++;
    findings += newFindings;
  }

  /** Prints a line, if a run is going on. */
  synchronized void tick() {
    if (source == null || form == Form.NONE) {
      return;
    }
    long virtualPs = source.virtualPs();
    long events = source.events();
    double elapsedS = Math.max(1, nanoClock.getAsLong() - beganNs) / NS_PER_S;
    long eventsPerSecond = Math.round(events / elapsedS);
    // An upper bound: most runs have no event left long before their limit.
    double leftS = virtualPs <= 0 ? -1 : elapsedS * (untilPs - virtualPs) / virtualPs;
    long leftAtMostS = leftS > LEFT_MOST_S ? -1 : Math.round(leftS);
    err.println(
        form == Form.JSON
            ? json(virtualPs, events, eventsPerSecond, leftAtMostS)
            : text(virtualPs, events, eventsPerSecond, leftAtMostS));
  }

  private String text(long virtualPs, long events, long eventsPerSecond, long leftAtMostS) {
    return String.format(
        Locale.ROOT,
        "%.3f us virtual, %,d events, %,d events/s, %d/%d runs done, %d findings%s",
        virtualPs / 1e6, events, eventsPerSecond, done, runs, findings,
        leftAtMostS < 0 ? "" : ", at most " + leftAtMostS + " s left");
  }

  private String json(long virtualPs, long events, long eventsPerSecond, long leftAtMostS) {
    return String.format(
        Locale.ROOT,
        "{\"virtual_ps\": %d, \"events\": %d, \"events_per_second\": %d, \"runs_done\": %d,"
            + " \"runs_total\": %d, \"findings\": %d, \"left_at_most_s\": %s}",
        virtualPs, events, eventsPerSecond, done, runs, findings,
        leftAtMostS < 0 ? "null" : Long.toString(leftAtMostS));
  }

  @Override
  public void close() {
    ticker.shutdownNow();
  }
}
