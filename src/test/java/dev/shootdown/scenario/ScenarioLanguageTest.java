package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Verdict;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.kernel.mm.PathStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference of the language leaves nothing out that the readers know. */
class ScenarioLanguageTest {
  private static final Path PAGE = Path.of("docs", "scenario-language.md");
  private static final Path READERS = Path.of("src/main/java/dev/shootdown/scenario");
  private static final Pattern KEY = Pattern.compile("\\bat\\.\\w+\\(\\s*\"([a-z-]+)\"");

  @TempDir Path folder;

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }

  private static TreeSet<String> keys(String reader, String from, String to) throws IOException {
    String text = Files.readString(READERS.resolve(reader));
    TreeSet<String> keys = new TreeSet<>();
    int begin = text.indexOf(from);
    assertThat(begin).as("%s in %s", from, reader).isNotNegative();
    int end = to.isEmpty() ? text.length() : text.indexOf(to, begin);
    Matcher key = KEY.matcher(text.substring(begin, end));
    while (key.find()) {
      keys.add(key.group(1));
    }
    return keys;
  }

  private static void assertNamed(Iterable<String> words) throws IOException {
    String page = page();
    for (String word : words) {
      assertThat(page).as(word).containsPattern("`" + Pattern.quote(word) + "[`\\s]");
    }
  }

  @Test
  void shouldNameEveryBlock() throws IOException {
    assertNamed(new TreeSet<>(ConfigFiles.reference(new Problems()).keySet()));
  }

  @Test
  void shouldNameEveryVerbOfALine() throws IOException {
    assertNamed(WorkReader.VERBS);
  }

  /** The verbs that are named are those that are understood. */
  @Test
  void shouldUnderstandEveryVerbThatIsNamed() {
    String lines =
        "\"touch a read\", \"touch a 1 2 write\", \"spin 1us\", \"sleep 1us\", \"spin-until 5us\","
            + " \"sleep-until 9us\", \"repeat 2 touch a read; spin 1us\", \"signal s\","
            + " \"wait s\", \"barrier b 2\", \"munmap a\", \"mremap f to free\"";
    List<Problem> problems =
        Scene.problems(
            folder,
            Scene.BASE + "workload = [ { cpu = cpu0, process = app, do = [" + lines + "] } ]");

    assertThat(problems).extracting(Problem::line).isEmpty();
    for (String verb : WorkReader.VERBS) {
      assertThat(lines).contains("\"" + verb + " ");
    }
  }

  @Test
  void shouldNameEveryKeyOfAnArea() throws IOException {
    TreeSet<String> keys = keys("ProcessReader.java", "private void area(", "");

    assertThat(keys).contains("at", "huge", "same-as", "file-page");
    assertNamed(keys);
  }

  @Test
  void shouldNameEveryStateOfPages() throws IOException {
    for (Scenario.PageState state : Scenario.PageState.values()) {
      assertNamed(List.of(state.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
  }

  @Test
  void shouldNameEveryKeyOfWork() throws IOException {
    TreeSet<String> keys = keys("DmaReader.java", "Map<String, List<DmaJob>> read(", "");

    assertThat(keys).contains("device", "every", "size", "until");
    assertNamed(keys);
  }

  @Test
  void shouldNameEveryTypeOfPart() throws IOException {
    List<Problem> problems =
        Scene.problems(folder, Scene.BASE + "machine.parts = [ { name = x, type = none } ]");
    String known =
        problems.stream().map(Problem::message).filter(text -> text.contains("is no part"))
            .findFirst().orElseThrow().replaceFirst(".*there are \\[([^]]*)].*", "$1");

    List<String> types = List.of(known.split(", "));
    // Those of a family of parts, such as virtual machines, are told where the family is.
    assertNamed(types.subList(0, types.indexOf("memory") + 1));
  }

  @Test
  void shouldNameEveryPrimitiveAndEveryVerdict() throws IOException {
    for (PathStep.Primitive primitive : PathStep.Primitive.values()) {
      assertNamed(List.of(primitive.text()));
    }
    for (Verdict verdict : Verdict.values()) {
      assertNamed(List.of(verdict.text()));
    }
  }

  @Test
  void shouldNameEverythingThatTroubleCanBe() throws IOException {
    for (var component : TroubleSpec.class.getRecordComponents()) {
      String key =
          component.getName().replaceFirst("(Ps|Ratio|Bytes)$", "")
              .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
      assertNamed(List.of(key));
    }
    for (TroubleSpec.Action action : TroubleSpec.Action.values()) {
      assertNamed(List.of(action.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
  }

  @Test
  void shouldRefuseToWaitForWhatNobodyOpens() {
    List<Problem> problems =
        Scene.problems(
            folder,
            Scene.BASE + "workload = [ { cpu = cpu0, process = app, do = [\"wait never\"] } ]");

    assertThat(problems).extracting(Problem::path).containsExactly("workload[0].do[0]");
    assertThat(problems.get(0).message()).contains("nobody opens 'never'");
  }

  @Test
  void shouldHelpWhereAWordIsMistyped() {
    assertThat(message("workload = [ { cpu = cpu0, process = app, do = [\"tuch a read\"] } ]"))
        .contains("did you mean 'touch'?");
    assertThat(message("paths.p { title = t, site = C2, steps = [\"AB: pte-claer\"] }"))
        .contains("did you mean 'pte-clear'?");
    assertThat(message("paths.p { title = t, site = C99, steps = [] }"))
        .contains("'C99' is no call site; write C1 to C24, or none");
  }

  private String message(String line) {
    return Scene.problems(folder, Scene.BASE + line).get(0).message();
  }
}
