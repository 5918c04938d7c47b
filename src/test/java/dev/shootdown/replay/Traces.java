package dev.shootdown.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Traces of the repository, and texts that tests make up. */
final class Traces {
  private Traces() {}

  static Path shipped(String name) {
    return Path.of("scenarios", "traces", name + ".txt.gz");
  }

  static Path sample(String fileName) {
    return Path.of("src", "test", "resources", "replay", fileName);
  }

  static Recording readShipped(String name) {
    return TraceReader.read(shipped(name));
  }

  static Recording readSample(String name) {
    return TraceReader.read(sample(name + ".txt.gz"));
  }

  /** Reads lines as the file trace.txt of that directory. */
  static Recording read(Path directory, String... lines) {
    return TraceReader.read(write(directory, lines));
  }

  static Path write(Path directory, String... lines) {
    return write(directory, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static Path write(Path directory, byte[] content) {
    try {
      return Files.write(directory.resolve("trace.txt"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was read, but for the line numbers, in which headers differ. */
  static List<String> texts(Recording recording) {
    return recording.events().stream()
        .map(event -> event.toString().replaceAll(", line=\\d+", ""))
        .collect(Collectors.toList());
  }
}
