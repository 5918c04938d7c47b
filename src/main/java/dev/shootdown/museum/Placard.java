package dev.shootdown.museum;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands beside an exhibit: its story, and what came of it. */
public final class Placard {
  private static final int WIDTH = 80;
  private static final String INDENT = "          ";

  private Placard() {}

  /** The story, the commits and the symptom, no line longer than 80 characters if words allow. */
  public static String story(Exhibit exhibit) {
    List<String> lines = new ArrayList<>();
    wrap(lines, "Bug " + exhibit.number() + ": " + exhibit.title(), "  ");
    lines.add("");
    wrap(lines, String.join(" ", exhibit.spec().story()), "");
    lines.add("");
    wrap(lines, "symptom:  " + exhibit.spec().symptom(), INDENT);
    String label = "commits:  ";
    for (ExhibitSpec.Commit commit : exhibit.spec().commits()) {
      wrap(lines, label + commit.line(), INDENT + "  ");
      label = INDENT;
    }
    label = "links:    ";
    for (String link : exhibit.spec().links()) {
      lines.add(label + link);
      label = INDENT;
    }
    return String.join("\n", lines) + "\n";
  }

  /** What came of a variant, in one line. */
  public static String line(Result result) {
    String name = (result.broken() ? "broken  " : "fixed   ") + result.variant().name() + ": ";
    String tried = result.tried() == 1 ? "1 schedule" : result.tried() + " schedules";
    if (result.broken()) {
      return name
          + result.found()
              .map(found -> found.outcome() + " in schedule " + found.schedule())
              .orElse("NOT REPRODUCED, no " + result.expected() + " in " + tried);
    }
    return name
        + result.found()
            .map(
                found ->
                    "NOT " + result.expected() + " but " + found.outcome()
                        + " in schedule " + found.schedule())
            .orElse(result.expected() + " in " + tried);
  }

  /** An exhibit and its results as a tree of maps, lists and values. */
  public static Map<String, Object> tree(Exhibit exhibit, List<Result> results) {
    Map<String, Object> tree = entry(exhibit);
    tree.put("story", exhibit.spec().story());
    tree.put("symptom", exhibit.spec().symptom());
    List<Object> commits = new ArrayList<>();
    for (ExhibitSpec.Commit commit : exhibit.spec().commits()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("id", commit.id());
      each.put("verified", commit.verified());
      each.put("what", commit.what());
      commits.add(each);
    }
    tree.put("commits", commits);
    tree.put("links", exhibit.spec().links());
    tree.put("reproduced", results.stream().allMatch(Result::isAsExpected));
    List<Object> variants = new ArrayList<>();
    results.forEach(result -> variants.add(tree(result)));
    tree.put("variants", variants);
    return tree;
  }

  /** An exhibit's number, name and title. */
  public static Map<String, Object> entry(Exhibit exhibit) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("number", exhibit.number());
    tree.put("name", exhibit.name());
    tree.put("title", exhibit.title());
    return tree;
  }

  private static Map<String, Object> tree(Result result) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("variant", result.variant().name());
    tree.put("broken", result.broken());
    tree.put("expected", result.expected());
    tree.put("as_expected", result.isAsExpected());
    tree.put("schedules", result.tried());
    tree.put("schedule", result.found().map(Result.Found::schedule).orElse(null));
    tree.put("outcome", result.found().map(Result.Found::outcome).orElse(null));
    tree.put("finding", result.found().map(Result.Found::summary).orElse(null));
    tree.put("reproduce", result.found().map(Result.Found::reproduce).orElse(null));
    return tree;
  }

  private static void wrap(List<String> lines, String text, String indent) {
    String rest = text;
    String before = "";
    while (before.length() + rest.length() > WIDTH) {
      int end = rest.lastIndexOf(' ', WIDTH - before.length());
      if (end <= 0) {
        break;
      }
      lines.add(before + rest.substring(0, end).stripTrailing());
      rest = rest.substring(end + 1).stripLeading();
      before = indent;
    }
    lines.add(before + rest);
  }
}
