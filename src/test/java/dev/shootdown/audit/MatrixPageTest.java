package dev.shootdown.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.audit.Matrix.Judged;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page is one file, needs no script, and leads from each cell to its witness. */
class MatrixPageTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)([^>]*)>");
  private static final Pattern ATTRIBUTE = Pattern.compile("([a-z-]+)=\"([^\"]*)\"");
  private static final List<String> EMPTY = List.of("meta", "br");

  private final AuditSpec spec = Small.shipped().withBudget(2);
  private final Matrix matrix =
      Small.audited(
          spec,
          Small.sites(
              List.of("=mremap", "=huge-split", "=munmap"), List.of("vtd-ats", "amd"),
              List.of("B", "C:x86")),
          2);
  private final String page = MatrixPage.of(matrix);

  private List<String> values(String attribute) {
    List<String> values = new ArrayList<>();
    Matcher tag = TAG.matcher(page);
    while (tag.find()) {
      Matcher each = ATTRIBUTE.matcher(tag.group(3));
      while (each.find()) {
        if (each.group(1).equals(attribute)) {
          values.add(each.group(2));
        }
      }
    }
    return values;
  }

  @Test
  void shouldLeadFromEachCellToItsWitnessWithoutAScript() {
    List<String> links = values("href");
    List<String> anchors = values("id");

    assertThat(anchors).doesNotHaveDuplicates().contains("top");
    assertThat(links).filteredOn(link -> link.startsWith("#c")).hasSize(matrix.cells().size());
    assertThat(links).allMatch(link -> link.startsWith("#") && anchors.contains(link.substring(1)));
    assertThat(page).contains(".cell:target { display: block; }");
    for (int i = 0; i < matrix.cells().size(); i++) {
      String name = matrix.cells().get(i).result().name().text();
      assertThat(page).as(name)
          .contains("id=\"c" + i + "\"><a href=\"#top\">close</a><pre>" + name);
      assertThat(page).as(name).containsPattern("href=\"#c" + i + "\" title=\"" + name + ": ");
    }
    assertThat(page).contains("-&gt;", "STILL HOLDS IT", "came too late");
  }

  @Test
  void shouldNeedNothingFromElsewhere() {
    assertThat(page).doesNotContain("<script", "<link", "<img", "url(", "@import", "http", "src=");
    assertThat(values("style")).isEmpty();
  }

  /** For those who see no colours, and for a printer. */
  @Test
  void shouldTellStatesApartByShape() {
    assertThat(Arrays.stream(Judged.values()).map(Judged::mark)).doesNotHaveDuplicates();
    for (Matrix.Cell cell : matrix.cells()) {
      assertThat(page).contains(
          "aria-label=\"" + cell.result().name().text() + ": " + cell.judged().text() + "\">"
              + cell.judged().mark());
    }
    assertThat(matrix.counts().keySet())
        .contains(Judged.SAFE, Judged.UNSAFE, Judged.REDUNDANT, Judged.NOT_APPLICABLE);
  }

  @Test
  void shouldCloseWhatItOpens() {
    ArrayDeque<String> open = new ArrayDeque<>();
    Matcher tag = TAG.matcher(page.replaceFirst("<!DOCTYPE html>", ""));
    while (tag.find()) {
      if (tag.group(1).isEmpty() && !EMPTY.contains(tag.group(2))) {
        open.push(tag.group(2));
      } else if (!tag.group(1).isEmpty()) {
        assertThat(open.pop()).as("at %d", tag.start()).isEqualTo(tag.group(2));
      }
    }
    assertThat(open).isEmpty();
  }
}
