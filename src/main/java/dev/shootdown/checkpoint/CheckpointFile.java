package dev.shootdown.checkpoint;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.engine.BadCheckpoint;
import dev.shootdown.engine.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * One state of a run, and which run it is of.
 *
 * <p>A file is: eight letters, the version of this layout, the origin, the state, and a SHA-256 of
 * all that. Who finds one under its name finds all of it: it is written under another name, forced
 * to the disk, and renamed.
 */
public record CheckpointFile(Origin origin, Snapshot snapshot) {
  private static final byte[] MAGIC = "SHOOTCKP".getBytes(StandardCharsets.US_ASCII);
  private static final int LAYOUT = 1;
  private static final int DIGEST_BYTES = 32;

  /**
   * Writes it to {@code target}.
   *
   * @throws IOException if the disk refuses; {@code target} is as it was then
   */
  public void write(Path target) throws IOException {
    Path draft = target.resolveSibling(target.getFileName() + ".tmp");
    try {
      fill(draft);
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException refused) {
      // Half a state is of no use, and on a full disk it would be in the way of the results.
      draft.toFile().delete();
      throw refused;
    }
  }

  private void fill(Path draft) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (ByteBuffer rest = ByteBuffer.wrap(bytes()); rest.hasRemaining(); ) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  byte[] bytes() {
    BytesOut out = new BytesOut();
    out.raw(MAGIC, 0, MAGIC.length);
    out.unsigned(LAYOUT);
    origin.write(out);
    snapshot.write(out);
    byte[] digest = sha256(out.toByteArray(), out.size());
    out.raw(digest, 0, digest.length);
    return out.toByteArray();
  }

  /**
   * Reads a file.
   *
   * @param shown the file's name for a person
   * @throws BadCheckpoint if it is none, or one that this program can't go on from
   * @throws UncheckedIOException if it can't be read, or is damaged
   */
  public static CheckpointFile read(Path file, String shown) {
    try {
      return of(Files.readAllBytes(file), shown);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(shown + ": cannot be read: " + unreadable, unreadable);
    }
  }

  static CheckpointFile of(byte[] bytes, String shown) {
    if (bytes.length < MAGIC.length
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new BadCheckpoint(shown + ": is no checkpoint");
    }
    int size = bytes.length - DIGEST_BYTES;
    if (size < MAGIC.length
        || !Arrays.equals(
            sha256(bytes, size), Arrays.copyOfRange(bytes, size, bytes.length))) {
      String damaged =
          shown + ": is damaged: its content isn't what its digest says; go on from an older one";
      throw new UncheckedIOException(damaged, new IOException(damaged));
    }
    try {
      BytesIn in = new BytesIn(Arrays.copyOf(bytes, size));
      in.raw(MAGIC.length);
      long layout = in.unsigned();
      if (layout != LAYOUT) {
        throw new BadCheckpoint(
            shown + ": has layout " + layout + "; this program reads layout " + LAYOUT);
      }
      CheckpointFile file = new CheckpointFile(Origin.read(in), Snapshot.read(in));
      in.finish();
      return file;
    } catch (BadBytes bad) {
      throw new BadCheckpoint(shown + ": makes no sense: " + bad.getMessage());
    }
  }

  private static byte[] sha256(byte[] bytes, int size) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, 0, size);
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
