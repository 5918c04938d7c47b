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

  /** The fingerprint that {@code tallies} make together. */
  static Fingerprint of(Directory directory, List<Tally> tallies) {
    List<Tally.CellDigest> cells = new ArrayList<>();
    tallies.forEach(tally -> cells.addAll(tally.cells()));
    MessageDigest sha = sha256();
    cells.sort((a, b) -> directory.name(a.index()).compareTo(directory.name(b.index())));
    ByteBuffer word = ByteBuffer.allocate(16);
    for (Tally.CellDigest cell : cells) {
      sha.update(directory.name(cell.index()).getBytes(StandardCharsets.UTF_8));
      word.clear();
      sha.update(word.putLong(cell.digest()).putLong(cell.factCount()).array());
    }
    return new Fingerprint(
        HexFormat.of().formatHex(sha.digest(), 0, 16), epochs(directory, cells, tallies));
  }

  private static List<Epoch> epochs(
      Directory directory, List<Tally.CellDigest> cells, List<Tally> tallies) {
    List<Epoch> epochs = new ArrayList<>();
    for (Tally tally : tallies) {
      for (Tally.EpochDigest digest : tally.epochs()) {
        epochs.add(epoch(digest.endPs(), directory.name(digest.index()), digest.digest()));
      }
    }
    for (Tally.CellDigest cell : cells) {
      if (cell.factCount() > 0) {
        epochs.add(epoch(cell.epochEndPs(), directory.name(cell.index()), cell.digest()));
      }
    }
    epochs.sort(
        (a, b) ->
            a.endPs() != b.endPs()
                ? Long.compare(a.endPs(), b.endPs())
                : a.component().compareTo(b.component()));
    return epochs;
  }

  private static Epoch epoch(long endPs, String component, long digest) {
    return new Epoch(endPs, component, HexFormat.of().toHexDigits(digest));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
