package dev.shootdown.cli;

import dev.shootdown.audit.CellName;
import dev.shootdown.audit.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code audit}; {@link AuditVerb} does it. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Judges every call site under every policy with every consumer, over many schedules.",
      "FILE adds rows, columns, consumers and paths of one's own."
    },
    footer = {
      "",
      "  ./shootdown audit --site C1,C5 --era B,C",
      "  ./shootdown audit --site C5 --diff B C",
      "  ./shootdown audit --explain mremap/B/vtd-ats"
    })
final class AuditCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Rows, columns, consumers and paths of one's own, as HOCON.")
  private String file;

  @Option(
      names = "--site",
      paramLabel = "C5,NAME",
      split = ",",
      description = "Only these call sites: C5, C5h, or a row's or path's name.")
  private List<String> sites = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      split = ",",
      description = "Only these policies: era, under-ptl, after-ptl, at-end, only-end, ...")
  private List<String> policies = new ArrayList<>();

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      split = ",",
      description = "Only these consumers (default: the first six that are there).")
  private List<String> consumers = new ArrayList<>();

  @Option(
      names = "--era",
      paramLabel = "A|B|C",
      split = ",",
      description = "Only these eras (default: B,C).")
  private List<String> eras = new ArrayList<>();

  @Option(
      names = "--arch",
      paramLabel = "NAME",
      split = ",",
      description = "Only these architectures: x86, arm64, power, riscv.")
  private List<String> archs = new ArrayList<>();

  @Option(
      names = "--budget",
      paramLabel = "N",
      description = "Schedules a cell at most (audit.schedules.budget).")
  private Integer budget;

  @Option(
      names = "--diff",
      arity = "2",
      paramLabel = "COLUMN",
      description = "Say what changed between two columns, such as B and C.")
  private List<String> diff = new ArrayList<>();

  @Option(
      names = "--explain",
      paramLabel = "CELL",
      description = "Run one cell and print its witness and cost: ROW/COLUMN/CONSUMER.")
  private String explain;

  @Option(
      names = "--expect",
      paramLabel = "STATE",
      description = "What every cell that can be must come to, such as safe.")
  private String expect;

  @Option(
      names = "--format",
      paramLabel = "text|csv|json|html",
      defaultValue = "text",
      description = "How standard output is written (default: ${DEFAULT-VALUE}).")
  private AuditFormat format;

  @Mixin private BatchOptions batch = new BatchOptions();

  AuditCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    BatchOptions.atLeastOne("--budget", budget, 1);
    if (explain != null && !diff.isEmpty()) {
      throw CliProblem.usage("--explain and --diff exclude each other");
    }
    AuditRequest request =
        new AuditRequest(
            new AuditRequest.Source(
                Optional.ofNullable(file).map(terminal::file), batch.overrides()),
            new Selection(sites, policies, consumers, eras, archs, diff),
            new AuditRequest.Mode(
                Optional.ofNullable(explain).map(AuditCommand::cell), diff,
                Optional.ofNullable(expect)),
            Optional.ofNullable(budget),
            new AuditRequest.Store(batch.out(terminal), batch.isResumed(), batch.jobs()),
            new AuditRequest.Talk(format, batch.progress()));
    return new AuditVerb(terminal, request, batch.nodes()).run();
  }

  private static CellName cell(String text) {
    try {
      return CellName.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
  }
}
