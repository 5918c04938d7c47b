package dev.shootdown.cli;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.engine.Placement;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.ResultDirectory;
import dev.shootdown.report.RunRecord;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Runs a scenario's variants one after the other and tells what came of each. */
final class RunVerb {
  private final Terminal terminal;
  private final RunRequest request;

  RunVerb(Terminal terminal, RunRequest request) {
    this.terminal = terminal;
    this.request = request;
  }

  /**
   * Does what was requested.
   *
   * @return the exit code
   */
  int run() {
    List<Variant> variants =
        Scenarios.load(
            request.scenario().file(), request.scenario().variant(), terminal.siteFile(),
            request.settings(), terminal.cwd());
    return switch (request.mode()) {
      case PRINT_CONFIG -> printConfig(variants);
      case CHECK -> check(variants);
      case RUN -> runAll(variants);
    };
  }

  private int printConfig(List<Variant> variants) {
    for (Variant variant : variants) {
      if (variants.size() > 1) {
        terminal.out().println("# " + label(variant));
      }
      terminal.out().print(ConfigFiles.render(variant.config()));
    }
    return ExitCode.OK;
  }

  private int check(List<Variant> variants) {
    for (Variant variant : variants) {
      String id = variant.id(variant.scenario().run().seed());
      terminal.out().println(label(variant) + ": can be run, as " + id);
    }
    return ExitCode.OK;
  }

  private int runAll(List<Variant> variants) {
    for (Variant variant : variants) {
      prepare(variant);
    }
    Interrupts interrupts = terminal.interrupts();
    interrupts.listen();
    RunReport report = new RunReport(terminal, request.talk());
    List<Integer> codes = new ArrayList<>();
    try (SystemPool pool = new SystemPool();
        Progress progress = progress(variants.size())) {
      for (Variant variant : variants) {
        codes.add(runOne(variant, pool, progress, report));
        if (interrupts.isRaised()) {
          break;
        }
      }
    }
    int code = interrupts.isRaised() ? interrupts.exitCode() : ExitCode.of(codes);
    report.end(code);
    if (interrupts.isRaised()) {
      terminal.err().println("shootdown: interrupted");
    }
    return code;
  }

  private Progress progress(int runs) {
    return new Progress(terminal.err(), request.talk().progress(), System::nanoTime, runs).start();
  }

  private void prepare(Variant variant) {
    Path parent = request.results().parent();
    String id = variant.id(variant.scenario().run().seed());
    Path directory = ResultDirectory.of(parent, id);
    if (Files.exists(directory) && !request.results().force()) {
      throw CliProblem.usage(
          terminal.shown(directory)
              + " exists: the same configuration and seed ran before; --force replaces it, --out"
              + " DIR writes elsewhere");
    }
    ResultDirectory.prepare(parent, id, request.results().force());
  }

  private int runOne(Variant variant, SystemPool pool, Progress progress, RunReport report) {
    Instant started = Instant.now();
    ScenarioRun run =
        new ScenarioRun(
            pool, variant.scenario(), variant.scenario().run().seed(),
            variant.scenario().run().workers(), request.results().trace(),
            terminal.interrupts().stop());
    progress.began(run, variant.scenario().run().untilPs());
    ScenarioResult result;
    try {
      result = run.run();
    } catch (Placement.ImpossibleCut cut) {
      throw new CliProblem(ExitCode.USAGE, label(variant) + ": " + cut.getMessage(), cut);
    }
    progress.ended(result.judgement().findings().size() + result.judgement().unlisted());
    RunRecord record = new Records(terminal, request).of(variant, result, started);
    Path directory = write(record);
    report.tell(label(variant), record, directory);
    return record.circumstances().exitCode();
  }

  /** What is only half of a run, or went wrong inside, must not pass for the run's results. */
  private Path write(RunRecord record) {
    boolean whole =
        !record.isFailed()
            && (record.outcome().complete() || !terminal.interrupts().isRaised());
    Path parent = request.results().parent();
    return whole
        ? ResultDirectory.write(parent, record, request.results().force())
        : ResultDirectory.writePartial(parent, record);
  }

  private String label(Variant variant) {
    String file = terminal.shown(request.scenario().file());
    return variant.name().isEmpty() ? file : file + ":" + variant.name();
  }
}
