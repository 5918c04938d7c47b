package dev.shootdown.cli;

import dev.shootdown.audit.AuditWatch;
import dev.shootdown.audit.CellResult;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** A line now and then for whoever waits: how far an audit is. */
final class AuditProgress implements AuditWatch, AutoCloseable {
  private static final double NS_PER_S = 1e9;

  private final PrintStream err;
  private final Progress.Form form;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService ticker;
  private final long beganNs;
  private int doneBefore;
  private int total = -1;
  private int ended;
  private long schedules;
  private int unsafe;
  private Optional<IntSupplier> nodes = Optional.empty();

  /**
   * Progress from now on. Nothing is printed but by {@link #tick}, until {@link #start}.
   *
   * @param nanoClock a monotonic clock in ns
   */
  AuditProgress(PrintStream err, Progress.Form form, LongSupplier nanoClock) {
    this.err = err;
    this.form = form;
    this.nanoClock = nanoClock;
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
    nodes = Optional.of(count);
  }

  /** Ticks from now on every {@code everyMs} ms, until closed. */
  AuditProgress start(long everyMs) {
    if (form != Progress.Form.NONE) {
      ticker.scheduleAtFixedRate(this::tick, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }
    return this;
  }

  @Override
  public synchronized void planned(int done, int newTotal) {
    doneBefore = done;
    total = newTotal;
  }

  @Override
  public synchronized void ended(CellResult result) {
    ended++;
    schedules += result.tried().schedules();
    unsafe += result.state() == CellResult.State.UNSAFE ? 1 : 0;
  }

  /** Prints a line, once there is something to say. */
  synchronized void tick() {
    if (total < 0 || form == Progress.Form.NONE) {
      return;
    }
    double elapsedS = Math.max(1, nanoClock.getAsLong() - beganNs) / NS_PER_S;
    int done = doneBefore + ended;
    long leftS = ended == 0 ? -1 : Math.round(elapsedS * (total - done) / ended);
    err.println(
        form == Progress.Form.JSON ? json(done, leftS) : text(done, leftS, schedules / elapsedS));
  }

  private String text(int done, long leftS, double perSecond) {
    return String.format(
        Locale.ROOT, "%d/%d cells done, %.0f schedules/s, %d unsafe%s%s", done, total, perSecond,
        unsafe, nodes.map(count -> ", nodes: " + count.getAsInt()).orElse(""),
        leftS < 0 ? "" : ", about " + leftS + " s left");
  }

  private String json(int done, long leftS) {
    return String.format(
        Locale.ROOT,
        "{\"cells_done\": %d, \"cells_total\": %d, \"schedules\": %d, \"unsafe\": %d,"
            + "%s \"left_s\": %s}",
        done, total, schedules, unsafe,
        nodes.map(count -> " \"nodes\": " + count.getAsInt() + ",").orElse(""),
        leftS < 0 ? "null" : Long.toString(leftS));
  }

  @Override
  public void close() {
    ticker.shutdownNow();
  }
}
