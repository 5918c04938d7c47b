package dev.shootdown.scenario;

import dev.shootdown.check.Verdict;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.DmaTrace;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.scenario.Scenario.Home;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one scenario out of its effective configuration, with all its problems. */
final class ScenarioReader {
  private final Settings root;
  private final Optional<KnownPaths> knownPaths;

  ScenarioReader(Settings root) {
    this(root, Optional.empty());
  }

  ScenarioReader(Settings root, Optional<KnownPaths> knownPaths) {
    this.root = root;
    this.knownPaths = knownPaths;
  }

  Scenario read() {
    String title = line("title");
    String question = line("question");
    String expect = expect();
    RunSpec run = RunSpec.read(root.child("run"), root.child("check"));
    Scenario.Kernel kernel = new KernelReader(root, knownPaths).kernel();
    PartsReader parts = new PartsReader(root);
    Scenario.Machine machine = parts.machine();
    Names names = parts.names();
    ProcessReader reader = new ProcessReader(root, names, machine.devices());
    List<Home> files = reader.files();
    List<Process> processes = reader.processes(files);
    names.processes(processes, files);
    for (PartFamily family : parts.families()) {
      family.complete(root, names);
    }
    WorkReader work =
        new WorkReader(kernel, processes, machine.cpus(), machine.devices());
    Map<String, List<Action>> actions = work.work(root.children("workload"));
    Map<String, DmaTrace> accesses =
        new AccessReader(root, machine, processes, names).read(actions, work.servers());
    Scenario scenario =
        new Scenario(
            title, question, expect, run, machine, kernel, processes, files,
            actions, work.dma(root.children("dma")), accesses, work.servers());
    Pasids.check(root, scenario);
    IdleFlushes.check(root, scenario);
    MemoryNodes.check(root, scenario);
    root.ignore("variants");
    root.ignore("sweep");
    root.ignore("museum");
    root.finish();
    return scenario;
  }

  private String line(String key) {
    String text = root.text(key);
    if (text.contains("\n") || text.contains("\r")) {
      root.problem(key, "must be one line; write the rest as a comment");
    }
    return text;
  }

  private String expect() {
    String text = root.text("expect");
    for (Verdict verdict : Verdict.values()) {
      if (verdict.text().equals(text)) {
        return text;
      }
    }
    List<String> known = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      known.add(verdict.text());
    }
    root.problem("expect", "'" + text + "' is no verdict; there are " + known);
    return Verdict.CLEAN.text();
  }
}
