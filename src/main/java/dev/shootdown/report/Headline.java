package dev.shootdown.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a run came to, in a few sentences made of its figures. */
final class Headline {
  private Headline() {}

  static List<String> sentences(RunResults results, RunFigures figures) {
    List<String> sentences = new ArrayList<>();
    found(results).ifPresent(sentences::add);
    figures.kinds().stream()
        .max(Comparator.comparingLong(OperationKind::elapsedPs))
        .ifPresent(kind -> sentences.add(cost(figures, kind)));
    results.summary().objects("exposures").stream()
        .filter(exposure -> exposure.number("windows") > 0)
        .max(Comparator.comparingLong(exposure -> exposure.number("max_ps")))
        .ifPresent(
            exposure ->
                sentences.add(
                    "The longest that a stale entry stayed cached before it was dropped: "
                        + Duration.text(exposure.number("max_ps")) + ", at "
                        + plural(exposure.text("holders")) + "."));
    faults(results.summary()).ifPresent(sentences::add);
    if (!results.summary().flag("complete")) {
      sentences.add("The run was stopped before its end: what is missing is not known.");
    }
    if (!results.summary().flag("ledger_closed")) {
      sentences.add("The ledger does not close: the figures below are not to be relied on.");
    }
    results
        .summary()
        .optionalText("failure")
        .ifPresent(failure -> sentences.add("The run failed inside: " + failure));
    return sentences;
  }

  private static Optional<String> faults(Node summary) {
    if (!summary.has("faults") || summary.object("faults").number("raised") == 0) {
      return Optional.empty();
    }
    Node faults = summary.object("faults");
    return Optional.of(
        "Of " + faults.number("raised") + " faults that software had to serve, "
            + faults.number("served") + " were served; the longest wait was "
            + Duration.text(faults.number("wait_max_ps")) + ", the longest time without progress "
            + Duration.text(faults.number("standstill_max_ps")) + ".");
  }

  private static Optional<String> found(RunResults results) {
    List<Node> findings = results.verdicts().objects("findings");
    if (findings.isEmpty()) {
      return Optional.empty();
    }
    long count = findings.size() + results.verdicts().number("unlisted_findings");
    Node first = findings.get(0);
    return Optional.of(
        count + (count == 1 ? " finding at " : " findings, the first at ")
            + Duration.text(first.number("at_ps")) + ": " + first.text("summary") + ".");
  }

  private static String cost(RunFigures figures, OperationKind kind) {
    String most =
        figures.accounts().stream()
            .max(Comparator.comparingLong(kind::accountPs))
            .map(
                account ->
                    "; most of its time went to " + account.replace('_', '-') + ", "
                        + Numbers.percent(kind.accountPs(account), kind.elapsedPs()) + " %")
            .orElse("");
    return kind.count() + " × " + kind.kind() + ", p50 "
        + Duration.text(kind.at(500).elapsedPs()) + ", p99 "
        + Duration.text(kind.at(990).elapsedPs()) + most + ".";
  }

  private static String plural(String holders) {
    return switch (holders) {
      case "cpu" -> "a CPU";
      case "iommu" -> "an IOMMU";
      default -> "a " + holders;
    };
  }
}
