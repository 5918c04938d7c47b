package dev.shootdown.cli;

import dev.shootdown.bench.WarmUp;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** How long a benchmark warms up, by the clocks of this process. */
final class Quiet {
  private Quiet() {}

  /** Until the compiler is quiet, for a number of seconds. */
  static WarmUp compiler(int leastSeconds, int mostSeconds) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    // Null where the JVM only interprets.
    boolean known = compiler != null && compiler.isCompilationTimeMonitoringSupported();
    return new WarmUp(
        TimeUnit.SECONDS.toNanos(leastSeconds), TimeUnit.SECONDS.toNanos(mostSeconds),
        System::nanoTime,
        () -> known ? TimeUnit.MILLISECONDS.toNanos(compiler.getTotalCompilationTime()) : 0);
  }

  /** One pass: for who wants to see that it works. */
  static WarmUp once() {
    return compiler(0, 0);
  }
}
