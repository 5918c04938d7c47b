package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.checkpoint.CheckpointFile;
import dev.shootdown.checkpoint.CheckpointFolder;
import dev.shootdown.checkpoint.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointRunTest {
  private static final String SCENARIO = "scenarios/02-overtaken-fill.conf";

  @TempDir Path out;

  private Typed run(String to, String... words) {
    List<String> all = new ArrayList<>(List.of("run", "--quiet", "--out"));
    all.add(out.resolve(to).toString());
    all.addAll(List.of(words));
    return Typed.inProject(all.toArray(new String[0]));
  }

  /** All results but the manifest, which tells of this one run. */
  private Map<String, String> files(String of) throws IOException {
    Map<String, String> files = new TreeMap<>();
    Path root = out.resolve(of);
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (!name.endsWith("manifest.json") && !name.endsWith(".ckpt")) {
          files.put(name, Files.readString(file));
        }
      }
    }
    return files;
  }

  private Path only(String in) throws IOException {
    try (Stream<Path> all = Files.list(out.resolve(in))) {
      List<Path> directories = all.toList();
      assertThat(directories).hasSize(1);
      return directories.get(0);
    }
  }

  @Test
  void shouldWriteTheSameFilesWhenARunIsGoneOnWith() throws IOException {
    run("plain", SCENARIO);
    Typed kept = run("kept", SCENARIO, "--checkpoint", "every 10 us");

    assertThat(kept.exitCode()).isZero();
    assertThat(files("kept")).isEqualTo(files("plain")).hasSizeGreaterThan(20);
    try (Stream<Path> variants = Files.list(out.resolve("kept"))) {
      for (Path variant : variants.sorted().toList()) {
        try (Stream<Path> checkpoints =
            Files.list(variant.resolve(CheckpointFolder.NAME))) {
          assertThat(checkpoints).hasSize(2);
        }
        Typed on = run("on", "--resume", variant.toString());
        assertThat(on.exitCode()).as(on.err()).isZero();
        String file = CheckpointFolder.find(variant, "it").toString();
        Typed two = run("two", "--resume", file, "--workers", "2");
        assertThat(two.exitCode()).as(two.err()).isZero();
      }
    }

    assertThat(files("on")).isEqualTo(files("plain"));
    assertThat(files("two").keySet()).isEqualTo(files("plain").keySet());
    assertThat(files("two").entrySet().stream().filter(e -> e.getKey().contains("fingerprint")))
        .isNotEmpty()
        .allSatisfy(e -> assertThat(e.getValue()).isEqualTo(files("plain").get(e.getKey())));
  }

  /** What a killed process leaves: no results, and the checkpoints of unfinished ones. */
  @Test
  void shouldFinishInPlaceWhenTheRunWasKilled() throws IOException {
    run("plain", SCENARIO + ":broken");
    run("kept", SCENARIO + ":broken", "--checkpoint", "every 10 us");
    Path whole = only("kept");
    Path partial = whole.resolveSibling(whole.getFileName() + ".partial");
    Files.createDirectory(partial);
    Files.move(
        whole.resolve(CheckpointFolder.NAME), partial.resolve(CheckpointFolder.NAME));
    try (Stream<Path> all = Files.walk(whole)) {
      all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }

    Typed on = Typed.inProject("run", "--quiet", "--resume", partial.toString());

    assertThat(on.err()).isEmpty();
    assertThat(on.exitCode()).isZero();
    assertThat(only("kept")).isEqualTo(whole);
    assertThat(files("kept")).isEqualTo(files("plain"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seed 7 | is of seed 1; what was asked for is seed 7",
        "-D run.until=9ms | is of configuration",
        "scenarios/02-overtaken-fill.conf:fixed | is of variant 'broken', which isn't here",
      })
  void shouldSayWhatDiffersWhenAnotherRunIsAskedFor(String words, String message)
      throws IOException {
    run("kept", SCENARIO + ":broken", "--checkpoint", "10us");
    Path kept = only("kept");
    List<String> all = new ArrayList<>(List.of("--resume", kept.toString()));
    all.addAll(List.of(words.split(" ")));

    Typed refused = run("on", all.toArray(new String[0]));

    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.errLines()).hasSize(1).first().asString().contains(message);
    assertThat(out.resolve("on")).doesNotExist();
  }

  @Test
  void shouldRefuseAFileWhenItIsDamagedOrOfOtherCode() throws IOException {
    run("kept", SCENARIO + ":broken", "--checkpoint", "10us");
    Path file = CheckpointFolder.find(only("kept"), "it");
    CheckpointFile good = CheckpointFile.read(file, "it");
    Origin was = good.origin();
    Origin other =
        new Origin(
            "0.0 (code 0)", was.scenario(), was.variant(), was.settings(), was.configuration(),
            was.seed(), was.everyPs());
    Path foreign = out.resolve("at-1.ckpt");
    new CheckpointFile(other, good.snapshot()).write(foreign);
    Path damaged = out.resolve("at-2.ckpt");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2]++;
    Files.write(damaged, bytes);

    Typed ofOther = run("on", "--resume", foreign.toString());
    assertThat(ofOther.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(ofOther.errLines()).hasSize(1).first().asString()
        .contains("is of shootdown 0.0 (code 0); this is ");
    Typed ofDamaged = run("on", "--resume", damaged.toString());
    assertThat(ofDamaged.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ofDamaged.errLines()).hasSize(1).first().asString().contains("is damaged");
  }

  /** The second checkpoint can't be written: what it is written as first is a directory. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void shouldExitWithThreeAndSayHowToGoOnWhenTheDiskRefuses(String workers) throws IOException {
    run("plain", SCENARIO + ":broken");
    String id = only("plain").getFileName().toString();
    Path checkpoints = out.resolve("kept").resolve(id + ".partial").resolve("checkpoint");
    Path inTheWay = checkpoints.resolve("at-20000000.ckpt.tmp");
    Files.createDirectories(inTheWay.resolve("full"));

    Typed refused =
        run("kept", SCENARIO + ":broken", "--workers", workers, "--checkpoint", "every 10 us");

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.errLines()).hasSize(2);
    assertThat(refused.errLines().get(0))
        .startsWith(
            "shootdown: " + SCENARIO + ":broken: checkpoints cannot be written to " + checkpoints)
        .contains("at-20000000.ckpt.tmp");
    assertThat(refused.errLines().get(1))
        .isEqualTo(
            "shootdown: to go on: ./shootdown run --resume " + out.resolve("kept/" + id)
                + ".partial");

    Files.delete(inTheWay.resolve("full"));
    Files.delete(inTheWay);
    Typed on = Typed.inProject(command(refused.errLines().get(1)));
    assertThat(on.exitCode()).as(on.err()).isZero();
    assertThat(fingerprint("kept")).isEqualTo(fingerprint("plain"));
  }

  /** The words behind {@code ./shootdown} in a line that says how to go on. */
  private static String[] command(String line) {
    String start = "./shootdown ";
    return line.substring(line.indexOf(start) + start.length()).split(" ");
  }

  private String fingerprint(String of) throws IOException {
    return Files.readString(only(of).resolve("fingerprint.txt"));
  }

  @Test
  void shouldExitWithThreeBeforeTimeStartsWhenThereIsNoPlaceForCheckpoints() throws IOException {
    run("plain", SCENARIO + ":broken");
    Path file = out.resolve("kept").resolve(only("plain").getFileName() + ".partial");
    Files.createDirectory(file.getParent());
    Files.createFile(file);

    Typed refused = run("kept", SCENARIO + ":broken", "--checkpoint", "every 10 us");

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.errLines()).hasSize(1).first().asString()
        .startsWith("shootdown: checkpoints cannot be written to " + file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--checkpoint sometimes | --checkpoint: ",
        "--checkpoint 0ns | leaves no time between checkpoints",
        "--resume no-such-directory | no-such-directory: there is no checkpoint in it",
      })
  void shouldRefuseInOneLineWhenTheOptionsMakeNoSense(String words, String message) {
    List<String> all = new ArrayList<>(List.of(SCENARIO));
    all.addAll(List.of(words.split(" ")));

    Typed refused = run("on", all.toArray(new String[0]));

    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.errLines()).hasSize(1).first().asString().contains(message);
  }
}
