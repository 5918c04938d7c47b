package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class ReferenceTextTest {
  private static SortedMap<String, ReferenceText.KeyDoc> docs() {
    Problems problems = new Problems();
    SortedMap<String, ReferenceText.KeyDoc> docs = ReferenceText.describe(
        new Hocon(Path.of(""), problems).parse(String.join("\n",
            "# The processors.",
            "cpu {",
            "  # How long a local flush takes.",
            "  # Source: assumed.",
            "  flush-latency = 120ns",
            "",
            "  # As long as a flush.",
            "  walk-latency = ${shootdown.cpu.flush-latency}",
            "  # Which parts.",
            "  parts = [a, { b = 1 }]",
            "  bare = 1",
            "  // Given by no one.",
            "  limit = null",
            "  # Nothing yet.",
            "  extra {}",
            "}"), new Place.OnClassPath("reference.conf"), List.of()), problems);
    assertThat(Read.lines(problems)).isEmpty();
    return docs;
  }

  @Test
  void shouldTellMeaningDefaultAndOriginWhenKeyHasAComment() {
    assertThat(docs().get("cpu.flush-latency")).isEqualTo(new ReferenceText.KeyDoc(
        "cpu.flush-latency", "How long a local flush takes.\nSource: assumed.", "120ns",
        "reference.conf:5"));
  }

  @Test
  void shouldTellItsOwnCommentWhenDefaultIsASubstitution() {
    assertThat(docs().get("cpu.walk-latency")).isEqualTo(new ReferenceText.KeyDoc(
        "cpu.walk-latency", "As long as a flush.", "120ns", "reference.conf:8"));
  }

  @Test
  void shouldListEveryKeyWhenObjectsListsAndNullsAreThere() {
    assertThat(docs().keySet()).containsExactly("cpu", "cpu.bare", "cpu.extra",
        "cpu.flush-latency", "cpu.limit", "cpu.parts", "cpu.walk-latency");
    assertThat(docs().values()).extracting(ReferenceText.KeyDoc::defaultText)
        .containsExactly("", "1", "{}", "120ns", "null", "[a, { b = 1 }]", "120ns");
    assertThat(docs().get("cpu").meaning()).isEqualTo("The processors.");
    assertThat(docs().get("cpu.bare").meaning()).isEmpty();
    assertThat(docs().get("cpu.limit").meaning()).isEqualTo("Given by no one.");
  }

  @Test
  void shouldFindNearPathsWhenOneIsMistyped() {
    assertThat(ReferenceText.nearest("cpu.flush-latncy", 3, docs()))
        .containsExactly("cpu.flush-latency");
    assertThat(ReferenceText.nearest("walk-latency", 3, docs()))
        .containsExactly("cpu.walk-latency");
    assertThat(ReferenceText.nearest("cpus.parts", 1, docs())).containsExactly("cpu.parts");
    assertThat(ReferenceText.nearest("quite.elsewhere", 3, docs())).isEmpty();
  }
}
