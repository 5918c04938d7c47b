package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Worker processes on this machine, which live as long as this one needs them. */
final class ClusterChildren implements AutoCloseable {
  private static final int CLOSING_SECONDS = 5;

  private final List<Process> processes = new ArrayList<>();

  private ClusterChildren() {}

  /** Starts {@code count} workers of the node {@code join}, with more arguments of {@code node}. */
  static ClusterChildren start(int count, String join, List<String> arguments) {
    ClusterChildren children = new ClusterChildren();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // A debugger's port, or an archive or a profile to write, can't be shared.
      if (!flag.matches("-(agent|javaagent|XX:ArchiveClassesAtExit).*")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("node", "--quiet", "--join", join));
    command.addAll(arguments);
    try {
      for (int i = 0; i < count; i++) {
        children.processes.add(
            new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      return children;
    } catch (IOException failed) {
      children.close();
      throw new UncheckedIOException("cannot start a worker: " + failed.getMessage(), failed);
    }
  }

  private static java.io.File nothing() {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return new java.io.File(windows ? "NUL" : "/dev/null");
  }

  /**
   * Refuses to wait for a process that is no more.
   *
   * @throws ClusterProblem if one has ended
   */
  void check() {
    for (Process process : processes) {
      if (!process.isAlive()) {
        throw ClusterProblem.apart(
            "a worker on this machine ended with exit code " + process.exitValue());
      }
    }
  }

  /** The processes' ids. */
  List<Long> ids() {
    return processes.stream().map(Process::pid).toList();
  }

  @Override
  public void close() {
    boolean interrupted = false;
    for (Process process : processes) {
      try {
        if (!process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException stopped) {
        interrupted = true;
        process.destroyForcibly();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
