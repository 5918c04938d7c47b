package dev.shootdown.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.BadCheckpoint;
import dev.shootdown.engine.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  private static final int MAGIC_BYTES = 8;

  @TempDir Path folder;

  private static CheckpointFile file(long atPs) {
    Origin origin =
        new Origin("0.1 (code 1)", "s.conf", "broken", List.of("a=1"), "01234567", -7, 5);
    Snapshot.Part part = new Snapshot.Part("cpu0", new byte[] {1, 2, 3});
    return new CheckpointFile(
        origin, new Snapshot(atPs, atPs - 1, 9, "f", List.of(part), new byte[] {4}));
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldReadWhatWasWritten() {
    new CheckpointFolder(folder).add(file(10));
    Path newest = new CheckpointFolder(folder).newest().orElseThrow();

    assertThat(CheckpointFile.read(newest, "it"))
        .usingRecursiveComparison().isEqualTo(file(10));
    assertThat(CheckpointFolder.find(folder, "it")).isEqualTo(newest);
    assertThat(CheckpointFolder.find(newest, "it")).isEqualTo(newest);
  }

  @Test
  void shouldKeepTheLastTwoWhenThereAreMore() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    for (long atPs : new long[] {900, 1_000, 11_000}) {
      checkpoints.add(file(atPs));
    }

    assertThat(names()).containsExactly("at-1000.ckpt", "at-11000.ckpt");
    assertThat(checkpoints.newest()).hasValue(folder.resolve("at-11000.ckpt"));
  }

  @Test
  void shouldForgetLaterOnesWhenARunGoesOnFromAnEarlierOne() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    checkpoints.add(file(10));
    checkpoints.add(file(20));
    checkpoints.begin(10);
    assertThat(names()).containsExactly("at-10.ckpt");

    checkpoints.begin(0);
    assertThat(names()).isEmpty();
  }

  /** A process that is killed while it writes leaves only a file under another name. */
  @Test
  void shouldGoOnFromTheOlderOneWhenTheLastWasNeverFinished() throws IOException {
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    checkpoints.add(file(10));
    byte[] whole = file(20).bytes();
    Files.write(folder.resolve("at-20.ckpt.tmp"), Arrays.copyOf(whole, whole.length / 2));

    assertThat(checkpoints.newest()).hasValue(folder.resolve("at-10.ckpt"));
    checkpoints.add(file(20));
    assertThat(names()).containsExactly("at-10.ckpt", "at-20.ckpt");
  }

  @Test
  void shouldRefuseEveryCutAndEveryFlippedByte() {
    byte[] bytes = file(10).bytes();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 0x10;
      // Whose beginning is another's is no checkpoint; any other change is damage.
      boolean other = i < MAGIC_BYTES;
      Class<?> refusal = other ? BadCheckpoint.class : UncheckedIOException.class;
      assertThatThrownBy(() -> CheckpointFile.of(flipped, "at-10.ckpt"))
          .isInstanceOf(refusal).hasMessageStartingWith("at-10.ckpt: is ");
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> CheckpointFile.of(cut, "at-10.ckpt"))
          .isInstanceOf(refusal).hasMessageStartingWith("at-10.ckpt: is ");
    }
  }

  @Test
  void shouldLeaveNothingHalfWhenTheDiskRefuses() throws IOException {
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    checkpoints.add(file(10));
    // A file can be written, and can't take the name: that of a directory which isn't empty.
    Files.createDirectories(folder.resolve("at-20.ckpt").resolve("full"));

    assertThatThrownBy(() -> checkpoints.add(file(20)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("checkpoints cannot be written to " + folder);
    assertThat(names()).containsExactly("at-10.ckpt", "at-20.ckpt");

    Path file = Files.createFile(folder.resolve("file"));
    CheckpointFolder nowhere = new CheckpointFolder(file.resolve("checkpoint"));
    assertThatThrownBy(() -> nowhere.begin(0)).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> nowhere.add(file(20))).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void shouldSayThatThereIsNoneWhenThereIsNone() {
    assertThatThrownBy(() -> CheckpointFolder.find(folder, "results/x"))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessage("results/x: there is no checkpoint in it");
  }
}
