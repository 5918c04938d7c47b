package house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands that the README gives, but for those that take minutes or start other JVMs,
 * which have tests of their own.
 */
class ReadmeTest {
  private static final Pattern COMMAND = Pattern.compile("`?\\./shootdown ([a-z][^`\\n|]*)`?");

  @TempDir Path results;

  static Stream<String> commands() throws IOException {
    TreeSet<String> commands = new TreeSet<>();
    Matcher matcher = COMMAND.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      String command = matcher.group(1).trim();
      boolean elsewhere = command.startsWith("bench") || command.startsWith("node")
          || command.startsWith("sweep") || command.contains("-nodes ");
      if (!elsewhere && command.contains(" ")) {
        commands.add(command);
      }
    }
    return commands.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldSucceedWhenTheReadmeGivesTheCommand(String command) {
    List<String> words = new ArrayList<>(List.of(command.split("\\s+")));
    if (words.get(0).equals("run") || words.get(0).equals("audit")) {
      words.addAll(List.of("--out", results.toString(), "--quiet"));
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    int exit = Main.run(words.toArray(new String[0]), stream, stream, Path.of(""));
    assertThat(exit).as(said.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(said.size()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldNameFilesThatExistWhenTheReadmeGivesTheCommand(String command) {
    for (String word : command.split("\\s+")) {
      if (word.startsWith("scenarios/")) {
        assertThat(Path.of(word.replaceFirst(":.*$", ""))).exists();
      }
    }
    assertThat(command).isNotBlank();
  }

  /** The figures of a session that is shown can go stale as any other. */
  @Test
  void shouldPrintWhatIsShownWhenTheFirstCommandIsRun() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    Matcher block = Pattern.compile("(?s)```\n(clean  01-unmap-one-page.*?)```").matcher(readme);
    assertThat(block.find()).isTrue();
    String[] words = {
      "run", "scenarios/01-unmap-one-page.conf", "--out", results.toString(), "--quiet"
    };
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertThat(Main.run(words, out, System.err, Path.of(""))).isZero();

    assertThat(settled(said.toString(StandardCharsets.UTF_8))).isEqualTo(settled(block.group(1)));
  }

  /** Without the hash, which every new key changes, and without what depends on the place. */
  private String settled(String text) {
    return text.replace(results.toString(), "results")
        .replaceAll("-[0-9a-f]{8}-s1", "-HASH-s1").strip();
  }
}
