package dev.shootdown.museum;

import java.util.List;

/** Results in KTAP version 1, as kernel test runners read it: a test for each exhibit. */
public final class Ktap {
  private static final String INDENT = "  ";

  private Ktap() {}

  /** What comes before the first exhibit. */
  public static String head(int exhibits) {
    return "KTAP version 1\n1.." + exhibits + "\n";
  }

  /**
   * One exhibit, its variants being its subtests.
   *
   * @param number its place, from 1
   */
  public static String test(int number, Exhibit exhibit, List<Result> results) {
    StringBuilder text = new StringBuilder();
    text.append(INDENT).append("KTAP version 1\n");
    text.append(INDENT).append("1..").append(results.size()).append('\n');
    for (int i = 0; i < results.size(); i++) {
      Result result = results.get(i);
      text.append(INDENT).append(line(result.isAsExpected(), i + 1, result.variant().name()));
      text.append(" # ").append(Placard.line(result)).append('\n');
      if (!result.isAsExpected()) {
        result.found().ifPresent(
            found ->
                text.append(INDENT).append("# reproduce: ").append(found.reproduce())
                    .append('\n'));
      }
    }
    boolean ok = results.stream().allMatch(Result::isAsExpected);
    return text.append(line(ok, number, exhibit.name())).append('\n').toString();
  }

  private static String line(boolean ok, int number, String name) {
    return (ok ? "ok " : "not ok ") + number + " " + name;
  }
}
