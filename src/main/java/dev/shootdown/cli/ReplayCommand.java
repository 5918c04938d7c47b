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
      "         ./shootdown replay TRACE --what-if era=B,consumer=vtd-ats --what-if policy=exact"
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
      description = {
        "A profile that ships, one of scenarios/machines, or a file (default:",
        "${DEFAULT-VALUE})."
      })
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
        "Keys: machine; era; consumer (of the audit: vtd-ats, amd, smmu-ats, iommuv2,",
        "pinned; or a machine that has one); policy (where secondary TLBs are flushed,",
        "or exact, power-of-two, widened, whole-pasid: how much); or any configuration",
        "key."
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
      description = "text, json, csv or html (default: ${DEFAULT-VALUE}).")
  private String format;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes replay.csv, what-if.csv, replay.json, replay.html and summary.txt.")
  private String out;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description = {
        "Writes the causes as text of ftrace to FILE (gzip if it ends in .gz), which",
        "replays to the same fingerprint."
      })
  private String export;

  @Option(names = "--force", description = "Replaces what --out or --export finds.")
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
    if ((check || summary) && (!whatIfs.isEmpty() || out != null || export != null)) {
      throw CliProblem.usage("--check and --summary replay nothing: they go without --what-if,"
          + " --out and --export");
    }
    if ((check || summary) && form() == ReplayRequest.Form.HTML) {
      throw CliProblem.usage("--check and --summary have no page; --format is text, json or csv");
    }
    ReplayRequest request = new ReplayRequest(trace, machine, settings, parsed(), options(),
        new ReplayRequest.Output(
            form(), Optional.ofNullable(out), Optional.ofNullable(export), force));
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
    throw CliProblem.usage("--format is text, json, csv or html, not " + format);
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
