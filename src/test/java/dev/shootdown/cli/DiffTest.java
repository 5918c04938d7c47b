package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffTest {
  private static final String SCENARIO = "scenarios/02-overtaken-fill.conf";

  @TempDir private Path one;
  @TempDir private Path other;

  private static Path run(Path out, String... args) {
    Stream<String> all =
        Stream.concat(
            Stream.concat(Stream.of("run"), Stream.of(args)),
            Stream.of("--quiet", "--out", out.toString()));
    return Typed.inProject(all.toArray(String[]::new)).directory();
  }

  private static Typed diff(Path left, Path right, String... more) {
    return Typed.inProject(
        Stream.concat(Stream.of("diff", left.toString(), right.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  /** Changes a file and makes the manifest agree with it, as a run of its own would have. */
  private static void rewrite(Path directory, String name, String from, String to) {
    try {
      Path file = directory.resolve(name);
      String before = Files.readString(file);
      String after = before.replace(from, to);
      assertThat(after).isNotEqualTo(before);
      Files.writeString(file, after);
      Path manifest = directory.resolve("manifest.json");
      Files.writeString(
          manifest, Files.readString(manifest).replace(sha256(before), sha256(after)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldNameBothVersionsWhenTheyDiffer() throws IOException {
    Path left = run(one, SCENARIO + ":broken");
    Path right = run(other, SCENARIO + ":broken");
    Path manifest = right.resolve("manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replaceFirst("\"shootdown\": \"[^\"]*\"", "\"shootdown\": \"0.0.9\""));
    Typed typed = diff(left, right);

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).contains("They ran with different versions: ", " and 0.0.9");
    assertThat(typed.outLines()).anyMatch(line -> line.matches("version +.* +0\\.0\\.9.*"));
  }

  @Test
  void shouldFindNothingWhenTheSameRunWasRepeated() {
    Typed typed = diff(run(one, SCENARIO + ":broken"), run(other, SCENARIO + ":broken"));

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out())
        .contains("The fingerprints agree")
        .doesNotContain("Changed settings", "Changed figures");
  }

  @Test
  void shouldTellSettingsAndFiguresWhenTheRunsAreOfAnotherConfiguration() {
    Typed typed = diff(run(one, SCENARIO + ":broken"), run(other, SCENARIO + ":fixed"));

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines())
        .anyMatch(line -> line.matches("tune.nic0.drop-racing-fills +false +true"))
        .anyMatch(line -> line.matches("run events +53 +56 +\\+5\\.7"))
        .anyMatch(line -> line.startsWith("The fingerprints differ, as they may"));
  }

  @Test
  void shouldExitWithTwelveAndNameTheFirstEpochAndComponentWhenEqualRunsDiffer() {
    Path left = run(one, SCENARIO + ":broken");
    Path right = run(other, SCENARIO + ":broken");
    String total = firstWord(right);
    rewrite(right, "summary.json", total, "0".repeat(32));
    rewrite(right, "fingerprint.txt", " iommu0 ", " iommu0 f");

    Typed typed = diff(left, right);

    assertThat(typed.exitCode()).isEqualTo(12);
    assertThat(typed.out())
        .contains("and should not")
        .contains("in the epoch that ends at 100.000 us, iommu0 stated other facts");
  }

  private static String firstWord(Path directory) {
    try {
      return Files.readString(directory.resolve("fingerprint.txt")).lines().findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldKeepStandardOutputForDataWhenJsonIsAsked() {
    Typed typed =
        diff(
            run(one, SCENARIO + ":broken"), run(other, SCENARIO + ":fixed"), "--format", "json");

    assertThat(typed.out()).startsWith("{\n  \"schema\": 1").endsWith("}\n");
    assertThat(typed.err()).contains("as they may");
  }

  @Test
  void shouldNameTheLineWhenAFingerprintIsDamaged() {
    Path left = run(one, SCENARIO + ":broken");
    Path right = run(other, SCENARIO + ":broken");
    rewrite(right, "summary.json", firstWord(right), "0".repeat(32));
    rewrite(right, "fingerprint.txt", "100000000 cpu0", "soon cpu0");

    Typed typed = diff(left, right);

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.errLines()).singleElement().asString()
        .contains("fingerprint.txt:4: is not an epoch's end");
  }

  @Test
  void shouldRefuseWhenOneIsNoResultOrThePageIsAsked() {
    Path left = run(one, SCENARIO + ":broken");

    assertThat(diff(left, other).exitCode()).isEqualTo(2);
    assertThat(diff(left, other).err()).contains("holds no results");
    assertThat(diff(left, left, "--format", "html").exitCode()).isEqualTo(2);
  }
}
