package dev.shootdown.sweep;

import dev.shootdown.engine.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run's fingerprint by epoch and component, as a store keeps it.
 *
 * <p>A digest runs on from epoch to epoch, so a later one tells of all that came before. The first
 * few thousand are kept as they are; then those of two epochs together, of four, and so on, so that
 * a long run takes little more room. Which ones are kept depends on what came before them alone:
 * two runs keep the same ones until they differ.
 */
final class Epochs {
  /** So many digests are kept before epochs are taken together by twice as many. */
  static final int KEPT_AT_A_TIME = 4096;

  private Epochs() {}

  /**
   * A component's running digest.
   *
   * @param fromPs the end of what was kept before, if several epochs are taken together; else −1
   * @param endPs the end of the last epoch that it tells of
   */
  record Kept(long fromPs, long endPs, String component, String digest) {}

  static byte[] packed(Fingerprint fingerprint) {
    Packer packer = new Packer();
    fingerprint.epochs().forEach(packer::add);
    packer.flush();
    return Packed.pack(packer.text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static final class Packer {
    private final StringBuilder text = new StringBuilder();
    private final SortedMap<String, String> span = new TreeMap<>();
    private int width = 1;
    private int room = KEPT_AT_A_TIME;
    private int ends;
    private long endPs;
    private long flushedPs;

    /** Epochs come in the order of their ends. */
    void add(Fingerprint.Epoch epoch) {
      if (epoch.endPs() != endPs) {
        if (ends == width) {
          flush();
        }
        ends++;
        endPs = epoch.endPs();
      }
      span.put(epoch.component(), epoch.digest());
    }

    void flush() {
      span.forEach(
          (component, digest) -> {
            text.append(endPs).append(' ').append(component).append(' ').append(digest);
            text.append(width > 1 ? " " + flushedPs : "").append('\n');
          });
      room -= span.size();
      if (room <= 0) {
        width *= 2;
        room = KEPT_AT_A_TIME;
      }
      span.clear();
      ends = 0;
      flushedPs = endPs;
    }
  }

  /**
   * What was packed.
   *
   * @throws RuntimeException if it is damaged
   */
  static List<Kept> of(byte[] packed) {
    List<Kept> epochs = new ArrayList<>();
    if (packed.length > 0) {
      String text = new String(Packed.unpack(packed), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ");
        epochs.add(
            new Kept(
                words.length > 3 ? Long.parseLong(words[3]) : -1, Long.parseLong(words[0]),
                words[1], words[2]));
      }
    }
    return epochs;
  }

  /** Where two runs differ first, as a sentence's end; nothing if nothing that was kept differs. */
  static String firstDifference(List<Kept> ones, List<Kept> others) {
    SortedMap<Long, SortedMap<String, Kept>> left = byEnd(ones);
    SortedMap<Long, SortedMap<String, Kept>> right = byEnd(others);
    SortedMap<Long, SortedMap<String, Kept>> both = byEnd(others);
    left.forEach(
        (end, kept) -> both.computeIfAbsent(end, e -> new TreeMap<>()).putAll(kept));
    for (long end : both.keySet()) {
      SortedMap<String, Kept> mine = left.getOrDefault(end, new TreeMap<>());
      SortedMap<String, Kept> theirs = right.getOrDefault(end, new TreeMap<>());
      for (Kept kept : both.get(end).values()) {
        Kept one = mine.get(kept.component());
        Kept other = theirs.get(kept.component());
        if (one == null || other == null) {
          return place(kept) + " stated facts in the " + (one == null ? "second" : "first")
              + " sweep only.";
        }
        if (!one.digest().equals(other.digest())) {
          return place(kept) + " stated other facts.";
        }
      }
    }
    return "";
  }

  private static String place(Kept kept) {
    String end = Texts.number(kept.endPs() / 1e6) + " us, ";
    return (kept.fromPs() < 0
            ? "in the epoch that ends at " + end
            : "in the epochs after " + Texts.number(kept.fromPs() / 1e6) + " us until " + end)
        + kept.component();
  }

  private static SortedMap<Long, SortedMap<String, Kept>> byEnd(List<Kept> epochs) {
    SortedMap<Long, SortedMap<String, Kept>> byEnd = new TreeMap<>();
    epochs.forEach(
        epoch -> byEnd.computeIfAbsent(epoch.endPs(), end -> new TreeMap<>())
            .put(epoch.component(), epoch));
    return byEnd;
  }
}
