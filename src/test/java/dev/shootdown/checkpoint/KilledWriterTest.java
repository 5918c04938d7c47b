package dev.shootdown.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Snapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/** A process that does nothing but write checkpoints is killed at some moment. */
class KilledWriterTest {
  private static final int STATE_BYTES = 3_000_000;

  @TempDir Path folder;

  /** Writes one after the other and says so, until it is killed. */
  public static void main(String[] args) {
    CheckpointFolder checkpoints = new CheckpointFolder(Path.of(args[0]));
    for (long atPs = Long.parseLong(args[1]); ; atPs++) {
      checkpoints.add(checkpoint(atPs));
      System.out.println(atPs);
    }
  }

  private static CheckpointFile checkpoint(long atPs) {
    byte[] state = new byte[STATE_BYTES];
    new SplittableRandom(atPs).nextBytes(state);
    return new CheckpointFile(
        new Origin("0.1 (code 1)", "s.conf", "", List.of(), "01234567", 1, 5),
        new Snapshot(atPs, atPs, atPs, "f", List.of(new Snapshot.Part("cpu0", state)), state));
  }

  @RepeatedTest(4)
  void shouldHaveTheLastOneThatWasAddedWhenItsWriterIsKilled(RepetitionInfo which)
      throws IOException, InterruptedException {
    int seed = which.getCurrentRepetition();
    SplittableRandom dice = new SplittableRandom(seed);
    long said = 0;
    for (int life = 0; life < 2; life++) {
      said = writeAndKill(said + 1, said + 1 + dice.nextInt(4), dice.nextInt(30_000_000));

      Path newest = CheckpointFolder.find(folder, "it");
      CheckpointFile file = CheckpointFile.read(newest, "it");
      // It may have been killed after it wrote one, and before it said so.
      assertThat(file.snapshot().atPs()).as("seed %d", seed).isBetween(said, said + 1);
      byte[] expected = checkpoint(file.snapshot().atPs()).bytes();
      assertThat(Arrays.equals(file.bytes(), expected)).as("seed %d", seed).isTrue();
      try (Stream<Path> all = Files.list(folder)) {
        assertThat(all.filter(each -> each.toString().endsWith(".ckpt")))
            .as("seed %d", seed).hasSizeBetween(1, 3);
      }
    }
  }

  /**
   * Starts a writer at {@code firstPs}, and kills it some time after it has said {@code lastPs}.
   *
   * @return the last that it said
   */
  private long writeAndKill(long firstPs, long lastPs, long afterNs)
      throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), KilledWriterTest.class.getName(),
            folder.toString(), Long.toString(firstPs))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long said = firstPs - 1;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said = Long.parseLong(line);
        if (said == lastPs) {
          writer.waitFor(afterNs, TimeUnit.NANOSECONDS);
          writer.toHandle().destroyForcibly(); // what it said before can still be read
        }
      }
    } finally {
      writer.destroyForcibly();
    }
    assertThat(writer.waitFor()).isNotZero();
    return said;
  }
}
