package dev.shootdown.cli;

import dev.shootdown.replay.ReadOptions;
import dev.shootdown.replay.WhatIf;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code replay}; {@link ReplayVerb} does it. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the causes of a recorded kernel trace on a simulated machine, and holds",
      "what the simulated kernel does beside what the recorded one did.",
      "Example: ./shootdown replay scenarios/traces/ping-munmap.trace-cmd.txt.gz",
      "         ./shootdown replay TRACE --what-if era=B --what-if kernel.flush-ceiling=1"
    })
final class ReplayCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "TRACE",
      description = "Text of trace-cmd report, perf script or tracefs; plain, gzip or zstd.")
  private String trace;

  @Option(
      names = "--machine",
      paramLabel = "PROFILE",
      defaultValue = "guest-2vcpu-traced",
      description = "A machine profile that ships (default: ${DEFAULT-VALUE}).")
  private String machine;

  @Option(
      names = "-D",
      paramLabel = "PATH=VALUE",
      description = "Overrides a configuration key of the machine; repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--what-if",
      paramLabel = "KEY=VALUE,..",
      description = {
        "Runs the same causes under another configuration as well; repeatable.",
        "Keys: era, policy, profile (or consumer: a profile that has it), or any",
        "configuration key."
      })
  private List<String> whatIfs = new ArrayList<>();

  @Option(
      names = "--check",
      description = "Judges what the recorded trace itself shows, and says what it cannot show.")
  private boolean check;

  @Option(names = "--summary", description = "Only reads, and says what is in the trace.")
  private boolean summary;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, json or csv (default: ${DEFAULT-VALUE}).")
  private String format;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes replay.csv, what-if.csv, replay.json and summary.txt to DIR.")
  private String out;

  @Option(names = "--force", description = "Replaces what --out finds there.")
  private boolean force;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Events kept at once; later ones are counted only (default: "
          + "${DEFAULT-VALUE}).")
  private long events;

  @Option(
      names = "--from",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Leaves out what the trace's clock says is earlier.")
  private double fromSeconds;

  @Option(
      names = "--until",
      paramLabel = "SECONDS",
      defaultValue = "Infinity",
      description = "Leaves out what the trace's clock says is not earlier.")
  private double untilSeconds;

  @Option(
      names = "--clock-rate",
      paramLabel = "HZ",
      defaultValue = "0",
      description = "Ticks per second of a clock that counts cycles (x86-tsc).")
  private long ticksPerSecond;

  ReplayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (check && summary) {
      throw CliProblem.usage("--check and --summary are two questions; ask one");
    }
    if ((check || summary) && (!whatIfs.isEmpty() || out != null)) {
      throw CliProblem.usage("--check and --summary replay nothing: they go without --what-if and"
          + " --out");
    }
    ReplayRequest request = new ReplayRequest(trace, machine, settings, parsed(), options(),
        new ReplayRequest.Output(form(), Optional.ofNullable(out), force));
    if (summary) {
      return new ReplaySummaryVerb(terminal).run(request);
    }
    return check
        ? new ReplayCheckVerb(terminal).run(request) : new ReplayVerb(terminal).run(request);
  }

  private ReplayRequest.Form form() {
    for (ReplayRequest.Form form : ReplayRequest.Form.values()) {
      if (form.name().toLowerCase(Locale.ROOT).equals(format)) {
        return form;
      }
    }
    throw CliProblem.usage("--format is text, json or csv, not " + format);
  }

  private List<WhatIf> parsed() {
    List<WhatIf> parsed = new ArrayList<>();
    try {
      whatIfs.forEach(text -> parsed.add(WhatIf.parse(text)));
    } catch (IllegalArgumentException wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    return parsed;
  }

  private ReadOptions options() {
    try {
      return new ReadOptions(events, fromSeconds, untilSeconds, ticksPerSecond);
    } catch (IllegalArgumentException wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
  }
}
