package dev.shootdown.cli;

import dev.shootdown.museum.Exhibit;
import dev.shootdown.museum.Ktap;
import dev.shootdown.museum.Museum;
import dev.shootdown.museum.Placard;
import dev.shootdown.museum.Result;
import dev.shootdown.museum.Tour;
import dev.shootdown.report.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists exhibits, or runs them and tells what came of each. */
final class MuseumVerb {
  private static final int SCHEMA = 1;
  private static final Path PLACE = Path.of("scenarios", "museum");

  private final Terminal terminal;
  private final MuseumFormat format;
  private final int jobs;
  private final boolean quiet;

  MuseumVerb(Terminal terminal, MuseumFormat format, int jobs, boolean quiet) {
    this.terminal = terminal;
    this.format = format;
    this.jobs = jobs;
    this.quiet = quiet;
  }

  /** Lists what there is. */
  int list() {
    List<Exhibit> exhibits = whole().exhibits();
    if (format == MuseumFormat.json) {
      List<Object> entries = new ArrayList<>();
      exhibits.forEach(exhibit -> entries.add(Placard.entry(exhibit)));
      terminal.out().print(Json.text(tree("exhibits", entries)));
      return ExitCode.OK;
    }
    for (Exhibit exhibit : exhibits) {
      terminal.out().printf("%4s  %s%n", exhibit.number(), exhibit.title());
    }
    return ExitCode.OK;
  }

  /**
   * Runs one exhibit, or all.
   *
   * @return the exit code
   */
  int show(Optional<String> item) {
    List<Exhibit> exhibits = item.map(this::find).orElseGet(() -> whole().exhibits());
    Interrupts interrupts = terminal.interrupts();
    interrupts.listen();
    if (format == MuseumFormat.ktap) {
      terminal.out().print(Ktap.head(exhibits.size()));
    }
    List<Object> shown = new ArrayList<>();
    boolean reproduced = true;
    try (Tour tour = new Tour(jobs, interrupts.stop(), e -> terminal.shown(e.file()))) {
      for (Exhibit exhibit : exhibits) {
        say((shown.size() + 1) + "/" + exhibits.size() + "  " + exhibit.name());
        List<Result> results = tour.show(exhibit);
        shown.add(Placard.tree(exhibit, results));
        tell(shown.size(), exhibit, results);
        reproduced &= results.stream().allMatch(Result::isAsExpected);
      }
    } catch (Tour.Stopped early) {
      terminal.err().println("shootdown: interrupted");
    }
    int code =
        interrupts.isRaised()
            ? interrupts.exitCode() : reproduced ? ExitCode.OK : ExitCode.NOT_MET;
    if (format == MuseumFormat.json) {
      Map<String, Object> tree = tree("exhibits", shown);
      tree.put("exit_code", code);
      terminal.out().print(Json.text(tree));
    }
    return code;
  }

  private void say(String line) {
    if (!quiet) {
      terminal.err().println(line);
    }
  }

  private void tell(int number, Exhibit exhibit, List<Result> results) {
    switch (format) {
      case ktap -> terminal.out().print(Ktap.test(number, exhibit, results));
      case text -> text(exhibit, results);
      default -> { }
    }
    terminal.out().flush();
  }

  private void text(Exhibit exhibit, List<Result> results) {
    terminal.out().println(Placard.story(exhibit));
    // One chart is enough where several variants show the same; what failed is shown as well.
    boolean charted = false;
    for (Result result : results) {
      if (result.found().isPresent() && (!charted || !result.isAsExpected())) {
        terminal.out().println(result.found().get().witness());
        charted = true;
      }
    }
    results.forEach(result -> terminal.out().println(Placard.line(result)));
    terminal.out().println();
    for (Result result : results) {
      if (!result.isAsExpected()) {
        result.found().ifPresent(
            found -> terminal.out().println("reproduce: " + found.reproduce()));
      }
    }
  }

  private static Map<String, Object> tree(String key, List<Object> entries) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put(key, entries);
    return tree;
  }

  private List<Exhibit> find(String item) {
    if (item.endsWith(".conf")) {
      List<Exhibit> one = Museum.of(List.of(terminal.file(item)), hall()).exhibits();
      if (one.isEmpty()) {
        throw CliProblem.usage(
            item + " is no exhibit; give its block museum a number, such as number = 3a");
      }
      return one;
    }
    try {
      return whole().find(item);
    } catch (IllegalArgumentException unknown) {
      throw CliProblem.usage(unknown.getMessage());
    }
  }

  private Museum whole() {
    Path directory =
        Stream.concat(Stream.of(terminal.cwd()), terminal.home().stream())
            .map(base -> base.resolve(PLACE))
            .filter(Files::isDirectory)
            .findFirst()
            .orElseThrow(
                () ->
                    CliProblem.usage(
                        "there is no directory " + PLACE + " here; name a scenario file"));
    return Museum.open(directory, hall());
  }

  private Exhibit.Hall hall() {
    return new Exhibit.Hall(terminal.siteFile(), terminal.cwd());
  }
}
