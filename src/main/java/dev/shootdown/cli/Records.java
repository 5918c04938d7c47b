package dev.shootdown.cli;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.check.Verdict;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.interconnect.PartTroubleSpec;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.report.Circumstances;
import dev.shootdown.report.Collected;
import dev.shootdown.report.FactKeeper;
import dev.shootdown.report.Identity;
import dev.shootdown.report.RunRecord;
import dev.shootdown.report.Stats;
import dev.shootdown.report.Texts;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.Variant;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes of a run's result the record that is written and told. */
final class Records {
  private static final int SPLIT_WORDS = 2;

  private final Terminal terminal;
  private final RunRequest request;

  Records(Terminal terminal, RunRequest request) {
    this.terminal = terminal;
    this.request = request;
  }

  /** What was seen of the facts while the run went on. */
  record Measured(Stats stats, Optional<FactKeeper> facts) {}

  RunRecord of(Variant variant, ScenarioResult result, Measured measured, Instant started) {
    Scenario scenario = variant.scenario();
    long seed = scenario.run().seed();
    Identity identity =
        new Identity(scenario.title(), variant.id(seed), variant.name(), seed);
    Texts texts =
        new Texts(
            ConfigFiles.render(variant.config()), result.machineJson(),
            Optional.of(Verdict.parse(scenario.expect())), reproduce(variant, seed));
    RunRecord first =
        new RunRecord(
            identity, texts, result.outcome(), result.judgement(),
            collected(variant, result, measured),
            circumstances(variant, started, ExitCode.OK));
    int exitCode =
        terminal.interrupts().isRaised() ? terminal.interrupts().exitCode() : ExitCode.of(first);
    return new RunRecord(
        identity, texts, first.outcome(), first.judgement(), first.collected(),
        circumstances(variant, started, exitCode));
  }

  private Collected collected(Variant variant, ScenarioResult result, Measured measured) {
    Stats stats = measured.stats();
    for (LedgerRow row : result.judgement().rows()) {
      SortedMap<String, Long> figures =
          stats.byComponent().getOrDefault(row.cpu(), new TreeMap<>());
      add(stats, figures, row, "operations_count", 1);
      add(stats, figures, row, "operations_elapsed_ps", row.elapsedPs());
      add(stats, figures, row, "operations_stolen_ps", row.stolenPs());
      add(stats, figures, row, "ipis_sent_count", row.ipis());
      add(stats, figures, row, "secondary_flushes_count", row.secondaryFlushes());
    }
    for (TroubleSpec trouble : variant.scenario().machine().trouble()) {
      String sender = trouble.wire().split(" -> ", -1)[0];
      stats.inject(trouble.label(), sender, trouble.wire());
    }
    for (PartTroubleSpec trouble : variant.scenario().machine().partTrouble()) {
      stats.inject(trouble.label(), trouble.part(), trouble.part());
    }
    String start = "start: " + variant.id(variant.scenario().run().seed());
    return new Collected(stats, List.of(new Collected.LogLine(0, start)), measured.facts());
  }

  private static void add(
      Stats stats, SortedMap<String, Long> figures, LedgerRow row, String metric, long more) {
    stats.put(row.cpu(), metric, figures.getOrDefault(metric, 0L) + more);
  }

  private Circumstances circumstances(Variant variant, Instant started, int exitCode) {
    SortedMap<String, String> versions = new TreeMap<>();
    versions.put("shootdown", Build.version());
    versions.put("java", System.getProperty("java.version"));
    versions.put(
        "jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    versions.put("pekko", dev.shootdown.engine.SystemPool.pekkoVersion());
    terminal.home().flatMap(Build::commit).ifPresent(id -> versions.put("commit", id));
    SortedMap<String, String> host = new TreeMap<>();
    host.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    host.put("architecture", System.getProperty("os.arch"));
    host.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    SortedMap<String, String> wallTimes = new TreeMap<>();
    Instant ended = Instant.now();
    wallTimes.put("started", started.toString());
    wallTimes.put("ended", ended.toString());
    wallTimes.put("elapsed_ms", Long.toString(Duration.between(started, ended).toMillis()));
    SortedMap<String, String> hashes = new TreeMap<>();
    hashes.put("configuration", variant.hash8());
    return new Circumstances(
        request.commandLine(), versions, host, wallTimes, hashes, exitCode);
  }

  /**
   * The command that shows the same again. Paths are relative, so that equal runs in two places
   * have equal results.
   */
  private String reproduce(Variant variant, long seed) {
    Path file = request.scenario().file();
    StringBuilder command = new StringBuilder("./shootdown run ");
    String name = terminal.shown(file);
    command.append(quoted(variant.name().isEmpty() ? name : name + ":" + variant.name()));
    command.append(" --seed ").append(seed);
    for (String setting : request.settings()) {
      String path = setting.split("=", SPLIT_WORDS)[0].strip();
      if (path.equals("expect")) {
        command.append(" --expect ").append(variant.scenario().expect());
      } else if (!path.equals("run.seed") && !path.equals("run.workers")) {
        command.append(" -D ").append(quoted(setting));
      }
    }
    return command + " --force  # shootdown " + Build.version();
  }

  /** As a POSIX shell reads it back. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
