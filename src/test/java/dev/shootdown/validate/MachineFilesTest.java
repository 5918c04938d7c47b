package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a machine's file says of its figures, each in the comment above it. */
class MachineFilesTest {
  private static final Path MACHINES = Path.of("scenarios", "machines");
  private static final Path PROFILES = Path.of("src", "main", "resources", "profiles");
  private static final Pattern ASSIGNED = Pattern.compile("([a-z0-9.-]+) *(=|\\{.*=)(.*)");
  private static final Pattern OPENED = Pattern.compile("([a-z0-9.-]+) *\\{");
  private static final Pattern CONFIDENCE =
      Pattern.compile("(?i)\\b(measured|published|derived|assumed)\\b");
  private static final Pattern TIMED = Pattern.compile(".*[0-9](ns|us|ms)\\b.*");
  /** What a machine is made of, and places for work: no parameters. */
  private static final List<String> NO_FIGURES =
      List.of("title", "machine.parts", "machine.cpus", "processes", "paths.", "workload");

  static Stream<Path> files() throws IOException {
    try (Stream<Path> machines = Files.list(MACHINES)) {
      return Stream.concat(
          machines.filter(file -> file.toString().endsWith(".conf")).sorted().toList().stream(),
          Stream.of(
              PROFILES.resolve("guest-2vcpu.conf"),
              PROFILES.resolve("guest-2vcpu-traced.conf")));
    }
  }

  /** What a text lacks, a line each: {@code 12 flush-page: no unit}. */
  private static List<String> lacking(List<String> lines) {
    List<String> lacking = new ArrayList<>();
    ArrayDeque<String> blocks = new ArrayDeque<>();
    StringBuilder comment = new StringBuilder();
    String header = "";
    int brackets = 0;
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      if (line.startsWith("#")) {
        comment.append(line.substring(1).strip()).append(' ');
        continue;
      }
      Matcher assigned = ASSIGNED.matcher(line);
      Matcher opened = OPENED.matcher(line);
      if (header.isEmpty()) {
        header = comment.toString();
      }
      if (brackets == 0 && opened.matches()) {
        blocks.addLast(opened.group(1));
      } else if (brackets == 0 && line.equals("}")) {
        blocks.removeLast();
      } else if (brackets == 0 && assigned.matches()) {
        String path = String.join(".", blocks) + (blocks.isEmpty() ? "" : ".") + assigned.group(1);
        if (NO_FIGURES.stream().noneMatch(path::startsWith)) {
          wrong(path, line, comment.toString(), header, number, lacking);
        }
      }
      brackets += count(line, '[') - count(line, ']');
      comment.setLength(0);
    }
    return lacking;
  }

  private static void wrong(String path, String line, String comment, String header, int number,
      List<String> lacking) {
    Matcher confidence = CONFIDENCE.matcher(comment);
    if (!confidence.find()) {
      lacking.add(number + " " + path + ": no confidence");
      return;
    }
    boolean assumed = comment.toLowerCase().contains("assumed");
    boolean derived = comment.toLowerCase().contains("derived");
    if (!comment.contains("Source") && !assumed && !(derived && header.contains("Source of"))) {
      lacking.add(number + " " + path + ": no source");
    }
    if (TIMED.matcher(line).matches() && !comment.startsWith("ns")) {
      lacking.add(number + " " + path + ": no unit");
    }
  }

  private static int count(String line, char wanted) {
    return (int) line.chars().filter(letter -> letter == wanted).count();
  }

  @ParameterizedTest
  @MethodSource("files")
  void shouldSayUnitSourceAndConfidenceOfEachFigure(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    assertThat(lacking(lines)).as(file.toString()).isEmpty();
    assertThat(lines.stream().map(String::strip).filter(line -> ASSIGNED.matcher(line).matches()))
        .as("figures or an include").hasSizeGreaterThan(0);
  }

  @Test
  void shouldSeeWhatAFileLacks() {
    assertThat(lacking(List.of(
        "# A machine.", "title = x", "parts.cpu {", "  # ns. Source: a paper. Derived.",
        "  flush = 1ns", "  flush-page = 2ns", "  # Source: none. Assumed.", "  walk = 3ns",
        "  # ns. Derived.", "  access = 4ns", "}", "paths.own {", "  site = none", "}")))
        .containsExactly(
            "6 parts.cpu.flush-page: no confidence", "8 parts.cpu.walk: no unit",
            "10 parts.cpu.access: no source");
  }
}
