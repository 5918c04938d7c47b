package dev.shootdown.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What came of a verb in this process, whose lines on standard error were seen as they came. */
record Watched(int exitCode, String err) {
  static Watched run(Consumer<String> onLine, String... args) {
    LineWatch err = new LineWatch(onLine);
    int exitCode =
        Main.run(
            args, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8), Path.of(""));
    return new Watched(exitCode, err.text());
  }
}
