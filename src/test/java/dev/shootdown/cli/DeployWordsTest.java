package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The words in {@code deploy/} that the program is started with, as the program reads them. */
class DeployWordsTest {
  private static final Path DEPLOY = Path.of("deploy");

  private static ParseResult read(List<String> words) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Terminal terminal =
        new Terminal(
            nowhere, nowhere, Typed.PROJECT, Optional.empty(), new Interrupts(code -> {}, false));
    CommandLine line = new CommandLine(new Front());
    line.addSubcommand(new RunCommand(terminal));
    line.addSubcommand(new SweepCommand(terminal));
    line.addSubcommand(new AuditCommand(terminal));
    line.addSubcommand(new NodeCommand(terminal));
    line.setExpandAtFiles(false);
    return line.parseArgs(words.toArray(new String[0]));
  }

  private static void shouldBeRead(List<String> words) {
    ParseResult verb = read(words).subcommand();
    for (String option : List.of("--join", "--bind", "--cluster")) {
      if (verb.hasMatchedOption(option)) {
        ClusterAddress.of(option, verb.matchedOptionValue(option, ""));
      }
    }
    words.stream().filter(word -> word.startsWith("scenarios/")).forEach(
        scenario -> assertThat(Path.of(scenario)).exists());
  }

  /** The lists of words behind {@code key:}, item by item or in brackets. */
  private static List<List<String>> lists(String file, String key) throws IOException {
    List<List<String>> all = new ArrayList<>();
    List<String> open = null;
    for (String line : Files.readAllLines(DEPLOY.resolve(file))) {
      String said = line.strip();
      if (said.startsWith(key + ": [")) {
        String inside = said.substring(key.length() + 3, said.length() - 1);
        all.add(Arrays.stream(inside.split(",")).map(DeployWordsTest::plain).toList());
      } else if (said.equals(key + ":")) {
        open = new ArrayList<>();
        all.add(open);
      } else if (open != null && said.startsWith("- ")) {
        open.add(plain(said.substring(2)));
      } else if (!said.startsWith("#")) {
        open = null;
      }
    }
    return all;
  }

  private static String plain(String word) {
    return word.strip().replace("\"", "").replace("$(POD_NAME)", "worker-0");
  }

  @ParameterizedTest
  @CsvSource({
    "compose.yaml, command, 3", "kubernetes/run.yaml, args, 1", "kubernetes/workers.yaml, args, 1"
  })
  void shouldBeReadWhenContainersAreStartedWithThem(String file, String key, int count)
      throws IOException {
    List<List<String>> lists = lists(file, key);

    assertThat(lists).hasSize(count);
    lists.forEach(DeployWordsTest::shouldBeRead);
  }

  @Test
  void shouldBeReadWhenAUnitStartsANode() throws IOException {
    Map<String, String> environment = new TreeMap<>();
    List<String> words = new ArrayList<>();
    for (String line : Files.readAllLines(DEPLOY.resolve("shootdown-node.service"))) {
      if (line.startsWith("Environment=")) {
        for (String pair : line.substring("Environment=".length()).split(" ")) {
          environment.put("${" + pair.split("=", 2)[0] + "}", pair.split("=", 2)[1]);
        }
      } else if (line.startsWith("ExecStart=")) {
        words.addAll(List.of(line.split(" ")));
      }
    }
    assertThat(words.subList(0, 2))
        .containsExactly("ExecStart=/bin/bash", "/opt/shootdown/shootdown");
    List<String> own = words.subList(2, words.size());
    own.replaceAll(word -> environment.getOrDefault(word, word));

    assertThat(own).startsWith("node").noneMatch(word -> word.contains("$"));
    shouldBeRead(own);
  }

  @Test
  void shouldBeReadWhenTheReadmeSaysThem() throws IOException {
    String start = "    ./shootdown ";
    List<List<String>> commands =
        Files.readAllLines(DEPLOY.resolve("README.md")).stream()
            .filter(line -> line.startsWith(start))
            .map(line -> line.substring(start.length()).replaceAll(" +#.*", ""))
            .map(line -> List.of(line.split(" ")))
            .toList();

    assertThat(commands).hasSizeGreaterThan(6);
    commands.forEach(DeployWordsTest::shouldBeRead);
  }

  /** Else the tests above could not fail. */
  @ParameterizedTest
  @CsvSource({
    "--form-within, --form-wthin, Unknown option", "3600, soon, is not an int",
    "coordinator.shootdown:25520, coordinator.shootdown, takes HOST:PORT",
    "node, nodes, Unmatched argument"
  })
  void shouldBeRefusedWhenAWordIsWrong(String right, String wrong, String message)
      throws IOException {
    List<String> words = new ArrayList<>(lists("kubernetes/workers.yaml", "args").get(0));
    assertThat(words).contains(right);
    words.replaceAll(word -> word.equals(right) ? wrong : word);

    assertThatThrownBy(() -> shouldBeRead(words)).hasMessageContaining(message);
  }
}
