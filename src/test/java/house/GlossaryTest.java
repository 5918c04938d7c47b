package house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The glossary is looked up by eye. */
class GlossaryTest {
  private static final Comparator<String> BY_LETTERS =
      Comparator.comparing(
          word -> word.toLowerCase(Locale.ROOT).replace('-', ' ').replaceAll("[^a-z0-9 ]", ""));

  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(Path.of("GLOSSARY.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| word |"))
        .map(line -> line.split(" *\\| *"))
        .toList();
  }

  @Test
  void shouldHaveItsWordsInOrderAndOnceWhenReadFromTop() throws IOException {
    List<String> words = rows().stream().map(row -> row[1]).toList();

    assertThat(words).doesNotHaveDuplicates().isSortedAccordingTo(BY_LETTERS)
        .contains("ATC", "wire", "witness");
  }

  @Test
  void shouldSayWhatEachWordMeansWhenItHasARow() throws IOException {
    assertThat(rows()).allSatisfy(row -> {
      assertThat(row).as(String.join("|", row)).hasSize(3);
      assertThat(row[2]).endsWith(".").hasSizeGreaterThan(10);
    });
  }
}
