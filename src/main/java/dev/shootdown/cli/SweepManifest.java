package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Json;
import dev.shootdown.sweep.Analysis;
import dev.shootdown.sweep.Spending;
import dev.shootdown.sweep.SweepPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that differs from one time to the next when the same sweep is run. */
record SweepManifest(
    SweepPlan plan, List<String> commandLine, Instant started, boolean complete, int exitCode,
    Spending spending) {
  private static final int SCHEMA = 1;

  /** As JSON, with wall times up to now. */
  String text(Analysis analysis, Terminal terminal) {
    Instant ended = Instant.now();
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("id", plan.id());
    tree.put("command_line", commandLine);
    tree.put("points", plan.points().size());
    tree.put("runs", analysis.table().size());
    tree.put("complete", complete);
    tree.put("exit_code", exitCode);
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("shootdown", Build.version());
    terminal.home().flatMap(Build::commit).ifPresent(id -> versions.put("commit", id));
    versions.put("java", System.getProperty("java.version"));
    versions.put("pekko", SystemPool.pekkoVersion());
    tree.put("versions", versions);
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    host.put("architecture", System.getProperty("os.arch"));
    host.put("processors", Runtime.getRuntime().availableProcessors());
    tree.put("host", host);
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("started", started.toString());
    times.put("ended", ended.toString());
    times.put("elapsed_ms", Duration.between(started, ended).toMillis());
    tree.put("wall_times", times);
    tree.put("cpu_us", SweepCosts.tree(spending));
    return Json.text(tree);
  }
}
