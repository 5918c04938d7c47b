package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.replay.Comparison;
import dev.shootdown.replay.FlushSites;
import dev.shootdown.replay.Recording;
import dev.shootdown.replay.Replay;
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
      outcome = outcome(request);
    } catch (TraceProblem wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    print(request.output().form(), outcome);
    files.write(outcome);
    return ExitCode.OK;
  }

  private ReplayOutcome outcome(ReplayRequest request) {
    // All configurations are read before the trace: a typing error should not cost a replay.
    Scenario profile = ReplayMachine.profile(request.machine(), request.settings());
    List<Scenario> others = new ArrayList<>();
    for (WhatIf whatIf : request.whatIfs()) {
      List<String> settings = new ArrayList<>(request.settings());
      settings.addAll(whatIf.overrides());
      others.add(ReplayMachine.profile(whatIf.profile().orElse(request.machine()), settings));
    }
    Path file = terminal.file(request.trace());
    String shown = terminal.shown(file);
    Recording recording = TraceReader.read(file, request.options());
    try (SystemPool pool = new SystemPool()) {
      Comparison comparison = new Replay(pool, profile).compare(shown, recording);
      List<ReplayOutcome.Other> simulated = new ArrayList<>();
      for (int i = 0; i < others.size(); i++) {
        simulated.add(
            new ReplayOutcome.Other(
                request.whatIfs().get(i),
                new Replay(pool, others.get(i)).counterfactual(shown, recording)));
      }
      return new ReplayOutcome(
          shown, request.machineText(), comparison, simulated, FlushSites.of(recording));
    }
  }

  private void print(ReplayRequest.Form form, ReplayOutcome outcome) {
    try {
      switch (form) {
        case TEXT -> ReplayText.of(outcome).forEach(terminal.out()::println);
        case JSON -> terminal.out().print(ReplayTables.json(outcome));
        case CSV -> ReplayTables.rows(terminal.out(), outcome.comparison());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
