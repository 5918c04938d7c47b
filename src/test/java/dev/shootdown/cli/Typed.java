package dev.shootdown.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What came of a command line that was typed in some directory. */
record Typed(int exitCode, String out, String err) {
  static final Path PROJECT = Path.of("").toAbsolutePath();

  static Typed in(Path cwd, String... args) {
    return in(cwd, new Interrupts(code -> {}, false), args);
  }

  static Typed in(Path cwd, Interrupts interrupts, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8), cwd, Optional.empty(),
            interrupts);
    int exitCode = Main.run(args, terminal);
    return new Typed(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static Typed inProject(String... args) {
    return in(PROJECT, args);
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  List<String> errLines() {
    return err.lines().toList();
  }

  /** What follows {@code results: } in the output, as a path. */
  Path directory() {
    return PROJECT.resolve(
        outLines().stream()
            .filter(line -> line.startsWith("results: "))
            .findFirst()
            .orElseThrow()
            .substring("results: ".length()));
  }
}
