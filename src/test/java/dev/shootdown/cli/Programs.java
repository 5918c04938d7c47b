package dev.shootdown.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The program in processes of its own. */
final class Programs {
  /** Runs until it is stopped: a device that reads one page for a third of a virtual second. */
  static final String LONG =
      """
      include classpath("profiles/two-socket-ats.conf")
      title = "a long run"
      processes = [ { name = app, home = 0, devices = [nic0],
        areas = [ { name = a, at = "0x7f0000000000", pages = 1 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "spin-until 20us"] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 5us,
        every = 300ns, count = 1000000 } ]
      """;

  private Programs() {}

  /** Whether a line of progress tells that virtual time goes by. */
  static boolean isUnderWay(String line) {
    return line.contains(" us virtual") && !line.startsWith("0.000");
  }

  static Process node(String... arguments) {
    return program(Stream.concat(Stream.of("node"), Stream.of(arguments)).toList());
  }

  static Process program(List<String> arguments) {
    return program(System.getProperty("java.class.path"), arguments);
  }

  static Process program(String classPath, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                classPath, Main.class.getName()));
    command.addAll(arguments);
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** All that {@code process} still says on standard error, until it ends. */
  static String said(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
