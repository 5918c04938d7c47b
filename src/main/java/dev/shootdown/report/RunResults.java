package dev.shootdown.report;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A run's results as its directory has them. Files are read when they are asked for. */
final class RunResults {
  static final String SUMMARY = "summary.json";
  static final String MANIFEST = "manifest.json";

  private final Path directory;
  private final Node summary;

  private RunResults(Path directory) {
    this.directory = directory;
    this.summary = node(SUMMARY).ofSchema(Trees.SCHEMA);
  }

  /**
   * Opens the directory of a run.
   *
   * @throws UnreadableResult if it isn't one
   */
  static RunResults open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new UnreadableResult(
          UnreadableResult.Kind.NOT_RESULTS,
          directory + (Files.exists(directory) ? " is no directory" : " does not exist")
              + "; name a result directory, such as results/<id>");
    }
    if (Files.exists(directory.resolve("sweep.sqlite"))) {
      throw new UnreadableResult(
          UnreadableResult.Kind.NOT_RESULTS,
          directory + " holds a sweep that has no tables yet, because it is at work or was killed;"
              + " the sweep with --resume writes them");
    }
    if (!Files.exists(directory.resolve(SUMMARY))
        && !Files.exists(directory.resolve(MANIFEST))
        && !Files.exists(directory.resolve("config.conf"))) {
      throw new UnreadableResult(
          UnreadableResult.Kind.NOT_RESULTS,
          directory + " holds no results: it has no " + SUMMARY
              + "; name a directory that run or sweep wrote");
    }
    return new RunResults(directory);
  }

  Path directory() {
    return directory;
  }

  Node summary() {
    return summary;
  }

  /** When the run ended, in ps. */
  long endPs() {
    return summary.number("end_ps");
  }

  Node verdicts() {
    return node("verdicts.json").ofSchema(Trees.SCHEMA);
  }

  /** The machine; empty if none was kept. */
  Optional<Node> machine() {
    return Files.exists(directory.resolve("machine.json"))
        ? Optional.of(node("machine.json").ofSchema(Trees.SCHEMA))
        : Optional.empty();
  }

  Node manifest() {
    return node(MANIFEST).ofSchema(Trees.SCHEMA);
  }

  CsvTable csv(String name) {
    return CsvTable.read(shown(name), text(name));
  }

  List<ConfigLines.Setting> settings() {
    return ConfigLines.read(shown("config.conf"), text("config.conf"));
  }

  /** The witnesses' texts by file name. */
  SortedMap<String, String> witnesses() {
    SortedMap<String, String> witnesses = new TreeMap<>();
    Path folder = directory.resolve("witness");
    if (Files.isDirectory(folder)) {
      List<Path> files = new ArrayList<>();
      try (Stream<Path> all = Files.list(folder)) {
        all.forEach(files::add);
      } catch (IOException e) {
        throw UnreadableResult.damaged(folder.toString(), 0, "cannot be read: " + e.getMessage());
      }
      for (Path file : files) {
        String name = file.getFileName().toString();
        witnesses.put(name, text("witness/" + name));
      }
    }
    return witnesses;
  }

  /** The text of a file. */
  String text(String name) {
    Path file = directory.resolve(name);
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw UnreadableResult.missing(file);
    } catch (MalformedInputException e) {
      throw UnreadableResult.damaged(file.toString(), 0, "is no UTF-8 text");
    } catch (IOException e) {
      throw UnreadableResult.damaged(file.toString(), 0, "cannot be read: " + e.getMessage());
    }
  }

  private Node node(String name) {
    return Node.read(shown(name), text(name));
  }

  String shown(String name) {
    return directory.resolve(name).toString();
  }
}
