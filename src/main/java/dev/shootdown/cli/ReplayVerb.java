package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.replay.Comparison;
import dev.shootdown.replay.FlushSites;
import dev.shootdown.replay.Recording;
import dev.shootdown.replay.Replay;
import dev.shootdown.replay.ReplayHtml;
import dev.shootdown.replay.ReplayMachine;
import dev.shootdown.replay.ReplayOutcome;
import dev.shootdown.replay.ReplayTables;
import dev.shootdown.replay.ReplayText;
import dev.shootdown.replay.TraceProblem;
import dev.shootdown.replay.TraceReader;
import dev.shootdown.replay.WhatIf;
import dev.shootdown.scenario.Scenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Replays a trace, prints recorded beside simulated, and what the same causes would have cost
 * elsewhere.
 */
final class ReplayVerb {
  private final Terminal terminal;

  ReplayVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(ReplayRequest request) {
    ReplayFiles files = new ReplayFiles(terminal, request.output());
    files.refuseIfPresent();
    ReplayOutcome outcome;
    try {
      outcome = outcome(request, files);
    } catch (TraceProblem wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    print(request.output().form(), outcome);
    files.write(outcome);
    return ExitCode.OK;
  }

  private ReplayOutcome outcome(ReplayRequest request, ReplayFiles files) {
    // All configurations are read before the trace: a typing error should not cost a replay.
    List<Scenario> machines = machines(request);
    Path file = terminal.file(request.trace());
    String shown = terminal.shown(file);
    Recording recording = TraceReader.read(file, request.options());
    files.export(shown, recording);
    try (SystemPool pool = new SystemPool()) {
      Comparison comparison = new Replay(pool, machines.get(0)).compare(shown, recording);
      List<ReplayOutcome.Other> simulated = new ArrayList<>();
      for (int i = 0; i < request.whatIfs().size(); i++) {
        simulated.add(
            new ReplayOutcome.Other(
                request.whatIfs().get(i),
                new Replay(pool, machines.get(1 + i)).counterfactual(shown, recording)));
      }
      return new ReplayOutcome(
          shown, request.machineText(), comparison, simulated, FlushSites.of(recording));
    }
  }

  /** The machine, and one for each question. */
  private List<Scenario> machines(ReplayRequest request) {
    ReplayMachine known = new ReplayMachine(
        Stream.concat(Stream.of(terminal.cwd()), terminal.home().stream()).toList());
    List<Scenario> machines = new ArrayList<>();
    try {
      machines.add(known.of(request.machine(), request.settings()));
      for (WhatIf whatIf : request.whatIfs()) {
        machines.add(known.of(request.machine(), request.settings(), whatIf));
      }
    } catch (IllegalArgumentException wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    return machines;
  }

  private void print(ReplayRequest.Form form, ReplayOutcome outcome) {
    try {
      switch (form) {
        case TEXT -> ReplayText.of(outcome).forEach(terminal.out()::println);
        case JSON -> terminal.out().print(ReplayTables.json(outcome));
        case HTML -> terminal.out().print(ReplayHtml.of(outcome));
        case CSV -> ReplayTables.rows(terminal.out(), outcome.comparison());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
