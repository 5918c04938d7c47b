package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Worker processes on this machine, which live as long as this one needs them. They are started
 * before it is known where they will join, so that all processes get ready at the same time.
 */
final class ClusterChildren implements AutoCloseable {
  private static final int CLOSING_SECONDS = 5;

  /**
   * A process that lives for some seconds only should not spend them on its compiler: the second
   * compiler (Tier4) begins forty times later than by default. What an event of a long run passes
   * through is called that often within seconds, and compiled then.
   */
  private static final List<String> LATE_COMPILER =
      List.of(
          "-XX:Tier4InvocationThreshold=200000", "-XX:Tier4MinInvocationThreshold=20000",
          "-XX:Tier4CompileThreshold=600000", "-XX:Tier4BackEdgeThreshold=1600000");

  private final List<Process> processes = new ArrayList<>();
  private volatile boolean joined;

  private ClusterChildren() {}

  /** Starts {@code count} workers, with more arguments of {@code node}; see {@link #join}. */
  static ClusterChildren start(int count, List<String> arguments) {
    ClusterChildren children = new ClusterChildren();
    List<String> command = program("node", "--quiet", "--join", NodeVerb.STANDARD_INPUT);
    command.addAll(arguments);
    try {
      for (int i = 0; i < count; i++) {
        children.processes.add(
            new ProcessBuilder(command)
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

  /** This program with other words, in a JVM like this one. */
  static List<String> program(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(words));
    return command;
  }

  /** What a worker's JVM is started with, where this one was started with {@code own}. */
  static List<String> flags(List<String> own) {
    List<String> flags = new ArrayList<>();
    boolean tiered = own.stream().noneMatch(flag -> flag.matches("-Xint|-XX:.*Tier.*"));
    for (String flag : own) {
      // A debugger's port, or an archive or a profile to write, can't be shared.
      if (!flag.matches("-(agent|javaagent|XX:ArchiveClassesAtExit).*")) {
        flags.add(flag);
      }
    }
    flags.addAll(tiered ? LATE_COMPILER : List.of());
    return flags;
  }

  /** Tells all where to join. */
  void join(String label) {
    joined = true;
    for (Process process : processes) {
      try (OutputStream in = process.getOutputStream()) {
        in.write((label + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException gone) {
        continue; // check() tells of a process that ended
      }
    }
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

  /** Ends all that nobody has work for. */
  void kill() {
    processes.forEach(Process::destroyForcibly);
  }

  /** The processes' ids. */
  List<Long> ids() {
    return processes.stream().map(Process::pid).toList();
  }

  @Override
  public void close() {
    boolean interrupted = false;
    if (!joined) {
      kill();
    }
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
