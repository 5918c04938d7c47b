package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.validate.DataProblem;
import dev.shootdown.validate.OwnData;
import dev.shootdown.validate.Validation;
import dev.shootdown.validate.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the model at every published point and tells how close it comes. */
final class ValidateVerb {
  private static final String MACHINES = "scenarios/machines";

  private final Terminal terminal;

  ValidateVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Does what was requested; the exit code. */
  int run(ValidateRequest request) {
    List<String> items = items(request.items());
    Path machines = machines();
    Interrupts interrupts = terminal.interrupts();
    interrupts.listen();
    Validation.Result result;
    try (SystemPool pool = new SystemPool();
        Progress progress =
            new Progress(
                terminal.err(), request.progress().form(), System::nanoTime, runs(items))) {
      progress.start(request.progress().everyMs());
      Workbench bench =
          new Workbench(
              pool, machines, request.settings(), interrupts.stop(), new Watching(progress));
      result =
          request.own().isPresent() ? own(bench, machines, request.own().get())
              : Validation.run(bench, items);
    } catch (DataProblem wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    print(request, result);
    if (!result.complete()) {
      return interrupts.exitCode();
    }
    return result.isMet() ? ExitCode.OK : ExitCode.NOT_MET;
  }

  private record Watching(Progress progress) implements Workbench.Watch {
    @Override
    public void began(ScenarioRun run, long untilPs) {
      progress.began(run, untilPs);
    }

    @Override
    public void ended() {
      progress.ended(0);
    }
  }

  /** How many runs the items take; progress counts them. */
  private static int runs(List<String> items) {
    return items.stream().mapToInt(Validation::runs).sum();
  }

  private static List<String> items(List<String> wanted) {
    if (wanted.isEmpty()) {
      return Validation.items();
    }
    List<String> items = new ArrayList<>();
    for (String item : wanted) {
      String reason = Validation.leftOut().get(item);
      if (reason != null) {
        throw new CliProblem(ExitCode.NOT_MODELLED, item + " has no prediction: " + reason, null);
      }
      if (!Validation.items().contains(item)) {
        throw CliProblem.usage(
            "there is no item '" + item + "'; there are " + Validation.items()
                + ", and without a prediction " + Validation.leftOut().keySet());
      }
      items.add(item);
    }
    return items;
  }

  private Path machines() {
    return Stream.concat(Stream.of(terminal.cwd()), terminal.home().stream())
        .map(base -> base.resolve(MACHINES))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(
            () ->
                CliProblem.usage(
                    "there is no directory " + MACHINES + " here; call this from the project's"
                        + " directory, or through its launcher"));
  }

  private Validation.Result own(Workbench bench, Path machines, ValidateRequest.Own own) {
    ScenarioName scenario = ScenarioName.of(own.scenario(), terminal);
    Path data = terminal.file(own.data());
    String shown = terminal.shown(data);
    String title = shown + " against " + own.scenario();
    if (own.machine() == null) {
      return Validation.run(
          bench, new OwnData(data, shown, scenario.file(), scenario.variant(), title),
          "the scenario's own");
    }
    Path named = machines.resolve(own.machine() + ".conf");
    Path machine = Files.exists(named) ? named : terminal.file(own.machine());
    if (!Files.exists(machine)) {
      throw CliProblem.usage(
          "there is no machine '" + own.machine() + "'; " + MACHINES + " has " + names(machines));
    }
    try {
      Path joined = Files.createTempFile("shootdown-validate", ".conf");
      try {
        Files.writeString(joined, include(machine) + include(scenario.file()));
        return Validation.run(
            bench, new OwnData(data, shown, joined, scenario.variant(), title), own.machine());
      } finally {
        Files.delete(joined);
      }
    } catch (IOException failed) {
      throw new CliProblem(
          ExitCode.ENVIRONMENT, "a temporary file cannot be written: " + failed.getMessage(),
          failed);
    }
  }

  private static String include(Path file) {
    String name = file.toAbsolutePath().normalize().toString().replace('\\', '/');
    return "include \"" + name.replace("\"", "\\\"") + "\"\n";
  }

  private static List<String> names(Path machines) {
    try (Stream<Path> files = Files.list(machines)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.conf$", ""))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  private void print(ValidateRequest request, Validation.Result result) {
    Map<String, String> leftOut =
        request.own().isPresent() || !request.items().isEmpty() ? Map.of() : Validation.leftOut();
    String text =
        switch (request.format()) {
          case text -> ValidateText.of(result, leftOut);
          case csv -> ValidateTables.csv(result);
          case json -> ValidateTables.json(result, leftOut);
          case html -> ValidateHtml.of(result, leftOut);
        };
    terminal.out().print(text);
    terminal.out().flush();
  }
}
