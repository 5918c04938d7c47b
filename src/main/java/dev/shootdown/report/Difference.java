package dev.shootdown.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two runs held beside each other. Runs of the same configuration and seed do the same work, so
 * their fingerprints should agree; where they don't, the first epoch and component that differ are
 * where to look.
 */
public final class Difference {
  private final RunResults left;
  private final RunResults right;

  private Difference(RunResults left, RunResults right) {
    this.left = left;
    this.right = right;
  }

  /**
   * Opens both.
   *
   * @throws UnreadableResult if one of them is not the results of a run
   */
  public static Difference between(Path left, Path right) {
    return new Difference(Report.checked(left), Report.checked(right));
  }

  /** Whether configuration and seed are the same. */
  public boolean isSameWork() {
    return hash(left).equals(hash(right))
        && left.summary().number("seed") == right.summary().number("seed");
  }

  /** Whether both stated the same facts at the same times. */
  public boolean isSameFingerprint() {
    return left.summary().text("fingerprint").equals(right.summary().text("fingerprint"));
  }

  /** Whether fingerprints differ that should not. */
  public boolean isDiverged() {
    return isSameWork() && !isSameFingerprint();
  }

  /** What differs, most important first; tables without rows are left out. */
  public List<ReportTable> tables() {
    List<ReportTable> tables = new ArrayList<>();
    tables.add(runs());
    tables.add(settings());
    tables.add(metrics());
    tables.removeIf(ReportTable::isEmpty);
    return tables;
  }

  /** What it comes to, in a line or two. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (isSameFingerprint()) {
      sentences.add("The fingerprints agree: both runs stated the same facts at the same times.");
    } else if (!isSameWork()) {
      sentences.add(
          "The fingerprints differ, as they may: configuration or seed are not the same.");
    } else {
      sentences.add(
          "The fingerprints differ, and should not: configuration and seed are the same. "
              + firstDivergence().orElse("Every epoch agrees, only the total does not."));
    }
    if (!version(left).equals(version(right))) {
      sentences.add(
          "They ran with different versions: " + version(left) + " and " + version(right) + ".");
    }
    return sentences;
  }

  /** The earliest epoch whose digests differ, and the first component by name in it. */
  private Optional<String> firstDivergence() {
    SortedMap<Epoch, String> ofLeft = epochs(left);
    SortedMap<Epoch, String> ofRight = epochs(right);
    TreeSet<Epoch> all = new TreeSet<>(ofLeft.keySet());
    all.addAll(ofRight.keySet());
    for (Epoch epoch : all) {
      String digest = ofLeft.get(epoch);
      if (digest == null || !digest.equals(ofRight.get(epoch))) {
        String how =
            digest == null
                ? " stated facts in the second run only"
                : ofRight.containsKey(epoch)
                    ? " stated other facts"
                    : " stated facts in the first run only";
        return Optional.of(
            "First divergence: in the epoch that ends at " + Duration.text(epoch.endPs()) + ", "
                + epoch.component() + how + ".");
      }
    }
    return Optional.empty();
  }

  private record Epoch(long endPs, String component) implements Comparable<Epoch> {
    @Override
    public int compareTo(Epoch other) {
      int byTime = Long.compare(endPs, other.endPs);
      return byTime != 0 ? byTime : component.compareTo(other.component);
    }
  }

  private static SortedMap<Epoch, String> epochs(RunResults results) {
    SortedMap<Epoch, String> epochs = new TreeMap<>();
    String[] lines = results.text("fingerprint.txt").split("\n");
    for (int i = 1; i < lines.length; i++) {
      String[] words = lines[i].split(" ");
      if (words.length != 3 || !words[0].matches("\\d{1,18}")) {
        throw UnreadableResult.damaged(
            results.shown("fingerprint.txt"), i + 1,
            "is not an epoch's end in ps, a component and a digest");
      }
      epochs.put(new Epoch(Long.parseLong(words[0]), words[1]), words[2]);
    }
    return epochs;
  }

  /** The program's version, and the commit where it is known. */
  private static String version(RunResults results) {
    Node versions = results.manifest().object("versions");
    return versions.optionalText("shootdown").orElse("unknown")
        + versions.optionalText("commit").map(commit -> " (" + commit + ")").orElse("");
  }

  private ReportTable runs() {
    List<List<String>> rows = new ArrayList<>();
    for (String name : List.of("id", "verdict", "fingerprint")) {
      rows.add(List.of(name, left.summary().text(name), right.summary().text(name)));
    }
    rows.add(List.of("version", version(left), version(right)));
    return new ReportTable(
        "runs", "The two runs", List.of("", "first", "second"), rows);
  }

  private ReportTable settings() {
    return SettingChanges.between(side(left), side(right)).table();
  }

  private static SettingChanges.Side side(RunResults results) {
    return new SettingChanges.Side(results.shown("config.conf"), results.text("config.conf"));
  }

  private ReportTable metrics() {
    Map<String, Long> ofLeft = RunMetrics.of(left);
    Map<String, Long> ofRight = RunMetrics.of(right);
    TreeSet<String> all = new TreeSet<>(ofLeft.keySet());
    all.addAll(ofRight.keySet());
    List<List<String>> rows = new ArrayList<>();
    for (String metric : all) {
      Long one = ofLeft.get(metric);
      Long other = ofRight.get(metric);
      if (one == null || !one.equals(other)) {
        rows.add(List.of(metric, shown(one), shown(other), change(one, other)));
      }
    }
    return new ReportTable(
        "metrics", "Changed figures, of " + all.size() + " that were compared",
        List.of("figure", "first", "second", "change, %"), rows);
  }

  private static String shown(Long value) {
    return value == null ? "-" : value.toString();
  }

  private static String change(Long one, Long other) {
    if (one == null || other == null || one == 0) {
      return "-";
    }
    String percent = Numbers.percent(other - one, Math.abs(one));
    return percent.startsWith("-") ? percent : "+" + percent;
  }

  private static String hash(RunResults results) {
    return results.manifest().object("hashes").text("configuration");
  }
}
