package dev.shootdown.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A digest over every component's facts: the same for any number of workers and nodes.
 *
 * @param total the run's fingerprint, 32 hex digits
 * @param epochs digests by epoch and component, in that order; only where something was marked
 */
public record Fingerprint(String total, List<Epoch> epochs) {

  /**
   * The running digest of one component at the end of one epoch in which it marked facts.
   *
   * @param endPs the epoch's end in ps
   * @param component the component's name
   * @param digest 16 hex digits
   */
  public record Epoch(long endPs, String component, String digest) {}

  static Fingerprint of(Cell<?>[] cells, List<Partition> partitions) {
    MessageDigest sha = sha256();
    List<Cell<?>> byName = new ArrayList<>(List.of(cells));
    byName.sort((a, b) -> a.name().compareTo(b.name()));
    ByteBuffer word = ByteBuffer.allocate(16);
    for (Cell<?> cell : byName) {
      sha.update(cell.name().getBytes(StandardCharsets.UTF_8));
      word.clear();
      sha.update(word.putLong(cell.digest()).putLong(cell.factCount()).array());
    }
    return new Fingerprint(
        HexFormat.of().formatHex(sha.digest(), 0, 16), epochs(cells, partitions));
  }

  private static List<Epoch> epochs(Cell<?>[] cells, List<Partition> partitions) {
    List<Epoch> epochs = new ArrayList<>();
    for (Partition partition : partitions) {
      for (Partition.EpochDigest digest : partition.epochs()) {
        epochs.add(
            new Epoch(
                digest.endPs(),
                cells[digest.index()].name(),
                HexFormat.of().toHexDigits(digest.digest())));
      }
    }
    for (Cell<?> cell : cells) {
      if (cell.factCount() > 0) {
        epochs.add(
            new Epoch(cell.epochEndPs(), cell.name(), HexFormat.of().toHexDigits(cell.digest())));
      }
    }
    epochs.sort(
        (a, b) ->
            a.endPs() != b.endPs()
                ? Long.compare(a.endPs(), b.endPs())
                : a.component().compareTo(b.component()));
    return epochs;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
