package dev.shootdown.cli;

import dev.shootdown.sweep.RunResult;
import dev.shootdown.sweep.SweepWatch;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** A line now and then for whoever waits: how far a sweep is. */
final class SweepProgress implements SweepWatch, AutoCloseable {
  private static final double NS_PER_S = 1e9;

  private final PrintStream err;
  private final Progress.Form form;
  private final LongSupplier nanoClock;
  private final Interrupts interrupts;
  private final ScheduledExecutorService ticker;
  private final long beganNs;
  private int doneBefore = -1;
  private int total;
  private int ended;
  private int failures;
  private int findings;
  private IntSupplier nodes;

  /**
   * Progress from now on. Nothing is printed but by {@link #tick}, until {@link #start}.
   *
   * @param nanoClock a monotonic clock in ns
   */
  SweepProgress(
      PrintStream err, Progress.Form form, LongSupplier nanoClock, Interrupts interrupts) {
    this.err = err;
    this.form = form;
    this.nanoClock = nanoClock;
    this.interrupts = interrupts;
    this.beganNs = nanoClock.getAsLong();
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "shootdown-progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Tells how many nodes there are as well. */
  synchronized void countNodes(IntSupplier count) {
    nodes = count;
  }

  /** Ticks from now on every {@code everyMs} ms, until closed. */
  SweepProgress start(long everyMs) {
    if (form != Progress.Form.NONE) {
      ticker.scheduleAtFixedRate(this::tick, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }
    return this;
  }

  @Override
  public synchronized void planned(int done, int newTotal) {
    if (doneBefore < 0) {
      doneBefore = done;
    }
    total = newTotal;
  }

  @Override
  public synchronized void ended(RunResult result) {
    ended++;
    failures += result.ending().isFailed() ? 1 : 0;
    findings += result.ending().findings() > 0 ? 1 : 0;
  }

  @Override
  public boolean isStopped() {
    return interrupts.isRaised();
  }

  /** How many runs ended since the beginning. */
  synchronized int ended() {
    return ended;
  }

  /** Prints a line, once there is something to say. */
  synchronized void tick() {
    if (doneBefore < 0 || form == Progress.Form.NONE) {
      return;
    }
    double elapsedS = Math.max(1, nanoClock.getAsLong() - beganNs) / NS_PER_S;
    int done = doneBefore + ended;
    long leftS = ended == 0 ? -1 : Math.round(elapsedS * (total - done) / ended);
    err.println(
        form == Progress.Form.JSON ? json(done, leftS) : text(done, leftS, ended / elapsedS));
  }

  private String text(int done, long leftS, double perSecond) {
    return String.format(
        Locale.ROOT, "%d/%d runs done, %.1f runs/s, %d failures, %d with findings%s%s", done, total,
        perSecond, failures, findings,
        nodes == null ? "" : ", nodes: " + nodes.getAsInt(),
        leftS < 0 ? "" : ", about " + leftS + " s left");
  }

  private String json(int done, long leftS) {
    return String.format(
        Locale.ROOT,
        "{\"runs_done\": %d, \"runs_total\": %d, \"failures\": %d, \"findings\": %d,"
            + "%s \"left_s\": %s}",
        done, total, failures, findings,
        nodes == null ? "" : " \"nodes\": " + nodes.getAsInt() + ",",
        leftS < 0 ? "null" : Long.toString(leftS));
  }

  @Override
  public void close() {
    ticker.shutdownNow();
  }
}
