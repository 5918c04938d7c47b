package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final Path PAGE = Path.of("docs", "audit-your-patch.md").toAbsolutePath();

  @TempDir private Path directory;

  private Typed typed(String... args) {
    return Typed.in(directory, args);
  }

  private static List<String> blocks(String language) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    List<String> blocks = new ArrayList<>();
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  @Test
  void shouldDoWhatThePageSaysWhenItsCommandsAreTyped() throws IOException {
    Files.writeString(
        directory.resolve("guard.conf"), String.join("\n", blocks("hocon")));
    List<Typed> typed = new ArrayList<>();
    for (String command : blocks("console")) {
      String[] words = command.strip().split("\\s+");
      assertThat(words[0]).isEqualTo("./shootdown");
      typed.add(typed(List.of(words).subList(1, words.length).toArray(String[]::new)));
    }

    assertThat(typed).hasSize(4).allSatisfy(each -> assertThat(each.exitCode()).isZero());
    assertThat(typed.get(0).outLines())
        .anySatisfy(line -> assertThat(line).matches("C2 +guard +S 8 .*S 8.*"))
        .anySatisfy(line -> assertThat(line).matches("C2e +guard-early +U 1 .*U 1.*"));
    assertThat(typed.get(1).out())
        .contains("guard-early/C:x86/vtd-ats: unsafe", "PAGE-FREE", "edge:")
        .contains("./shootdown audit guard.conf --budget 8 --explain");
    assertThat(typed.get(2).out())
        .contains("C2 guard, vtd-ats: 2.0 secondary requests an operation become 1.0");
    assertThat(typed.get(3).outLines())
        .anySatisfy(line -> assertThat(line).matches("C2 +guard +S 6.*"))
        .anySatisfy(line -> assertThat(line).matches("C4 +mprotect +S 6.*"));
  }

  @Test
  void shouldLeaveTheSameFilesWhenItWasStoppedAndGoneOnWith() throws IOException {
    String[] all = {
      "audit", "--site", "C1,C4", "--policy", "era", "--consumer", "pinned", "--budget", "2",
      "--quiet", "--out", "whole"
    };
    assertThat(typed(all).exitCode()).isZero();
    assertThat(
            typed("audit", "--site", "C1", "--policy", "era", "--consumer", "pinned", "--budget",
                    "2", "--quiet", "--out", "parts", "--jobs", "1")
                .exitCode())
        .isZero();
    all[all.length - 1] = "parts";
    Typed again = typed(all);
    assertThat(again.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(again.err()).contains("--resume runs what is missing");
    List<String> resumed = new ArrayList<>(List.of(all));
    resumed.add("--resume");
    assertThat(typed(resumed.toArray(String[]::new)).exitCode()).isZero();

    for (String name :
        List.of("cells.jsonl", "audit.csv", "audit.json", "audit.html", "audit.txt")) {
      assertThat(read("parts", name)).as(name).isEqualTo(read("whole", name)).isNotEmpty();
    }
  }

  private String read(String parent, String name) throws IOException {
    try (var found = Files.list(directory.resolve(parent))) {
      return Files.readString(found.findFirst().orElseThrow().resolve(name));
    }
  }

  @Test
  void shouldExitWithTheFindingWhenSafeIsExpected() {
    String[] unsafe = {
      "audit", "--explain", "mremap/B:only-end/vtd-ats", "--budget", "1", "--quiet"
    };
    assertThat(typed(unsafe).exitCode()).isZero();
    List<String> expecting = new ArrayList<>(List.of(unsafe));
    expecting.addAll(List.of("--expect", "safe"));

    assertThat(typed(expecting.toArray(String[]::new)).exitCode())
        .isEqualTo(ExitCode.VIOLATION);
  }

  @Test
  void shouldRefuseInOneLineWhenTheArgumentsAreWrong() {
    assertThat(refused("--budget", "0")).contains("--budget must be at least 1, not 0");
    assertThat(refused("--site", "C55")).contains("there is no site 'C55'");
    assertThat(refused("--explain", "mremap")).contains("write ROW/COLUMN/CONSUMER");
    assertThat(refused("--era", "C", "--policy", "at-end")).contains("no cell is left");
    assertThat(refused("--expect", "sound")).contains("--expect sound: there are safe,");
    assertThat(refused("nowhere.conf")).contains("nowhere.conf");
  }

  private String refused(String... args) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(args));
    Typed typed = typed(all.toArray(String[]::new));
    assertThat(typed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.errLines()).hasSize(1);
    return typed.err();
  }

  @Test
  void shouldNameTheLineWhenAPathOrARowIsWrong() throws IOException {
    String page = String.join("\n", blocks("hocon"));
    Files.writeString(
        directory.resolve("bad.conf"), page.replace("mmap-r-unlock", "mmap-w-unlock"));
    assertThat(refused("bad.conf"))
        .contains("bad.conf:9: paths.guard-install.steps[17]: 'mmap-w-unlock' comes without");

    Files.writeString(
        directory.resolve("typo.conf"), page.replace("touch a 0 2 write", "touch b 0 2 write"));
    Typed typo = typed("audit", "typo.conf", "--site", "guard", "--quiet");
    assertThat(typo.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(typo.err()).startsWith("typo.conf:24: workload[1].do[1]: ")
        .contains("has no area 'b'");

    Files.writeString(
        directory.resolve("policy.conf"),
        page.replace("at = at-end, after", "at = at-start, after"));
    assertThat(refused("policy.conf"))
        .contains(": policies.rule-a-b.flush[1].after: has no meaning")
        .containsPattern("policy\\.conf:\\d+: ");

    Files.writeString(
        directory.resolve("row.conf"),
        "audit.rows.mine { path = mremapp, accesses = [ { area = a, page = 0, access = read } ] }");
    assertThat(refused("row.conf"))
        .contains("row.conf:1: audit.rows.mine.path: 'mremapp' is no path")
        .contains("did you mean 'mremap'?");
  }
}
