package dev.shootdown.cli;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.report.Json;
import dev.shootdown.scenario.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What can be run and named. */
final class Listing {
  static final List<String> KINDS =
      List.of("scenarios", "parts", "paths", "primitives", "policies", "eras");

  private static final String SCENARIOS = "scenarios";

  private final Terminal terminal;

  Listing(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Prints one kind, or all of them if {@code kind} is null. */
  void print(String kind, OutputFormat format) {
    List<Catalogue.Entry> entries = new ArrayList<>();
    for (String each : KINDS) {
      if (kind == null || kind.equals(each)) {
        entries.addAll(of(each));
      }
    }
    terminal.out().print(format == OutputFormat.json ? json(entries) : text(entries));
  }

  private List<Catalogue.Entry> of(String kind) {
    return switch (kind) {
      case SCENARIOS -> scenarios();
      case "parts" -> Catalogue.parts();
      case "paths" -> Catalogue.paths();
      case "primitives" -> Catalogue.primitives();
      case "policies" -> Catalogue.policies();
      default -> Catalogue.eras();
    };
  }

  private List<Catalogue.Entry> scenarios() {
    Path directory =
        Stream.concat(Stream.of(terminal.cwd()), terminal.home().stream())
            .map(base -> base.resolve(SCENARIOS))
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(terminal.cwd());
    List<Catalogue.Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory, 2)) {
      files
          .filter(file -> file.getFileName().toString().endsWith(".conf"))
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(file -> entries.add(scenario(file)));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          directory + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
    // Without a directory of scenarios, only the site's defaults would be found here.
    entries.removeIf(entry -> entry.name().equals("application.conf"));
    return entries;
  }

  private Catalogue.Entry scenario(Path file) {
    Problems problems = new Problems(terminal.cwd());
    ConfigObject config =
        ConfigFiles.load(file, Optional.empty(), List.of(), terminal.cwd(), problems);
    String line =
        problems.isEmpty()
            ? config.toConfig().getString("title") + variants(config)
            : "cannot be read: " + problems.list().get(0).line();
    return new Catalogue.Entry("scenario", terminal.shown(file), line);
  }

  private static String variants(ConfigObject config) {
    boolean none = !(config.get("variants") instanceof ConfigObject all) || all.isEmpty();
    if (none) {
      return "";
    }
    ConfigObject all = (ConfigObject) config.get("variants");
    return " (" + String.join(", ", new TreeSet<>(all.keySet())) + ")";
  }

  private static String text(List<Catalogue.Entry> entries) {
    int width = entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Catalogue.Entry entry : entries) {
      text.append(String.format("%-10s %-" + width + "s  %s%n", entry.kind(), entry.name(),
          entry.line()));
    }
    return text.toString();
  }

  private static String json(List<Catalogue.Entry> entries) {
    List<Object> list = new ArrayList<>();
    for (Catalogue.Entry entry : entries) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("kind", entry.kind());
      tree.put("name", entry.name());
      tree.put("line", entry.line());
      list.add(tree);
    }
    return Json.text(list);
  }
}
