package dev.shootdown.sweep;

import dev.shootdown.engine.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A run's fingerprint by epoch and component, as a store keeps it. */
final class Epochs {
  /** A long run's later epochs are left out; two runs that differ mostly do so before. */
  static final int KEPT_MOST = 4096;

  private Epochs() {}

  static byte[] packed(Fingerprint fingerprint) {
    StringBuilder text = new StringBuilder();
    for (Fingerprint.Epoch epoch :
        fingerprint.epochs().subList(0, Math.min(KEPT_MOST, fingerprint.epochs().size()))) {
      text.append(epoch.endPs()).append(' ').append(epoch.component()).append(' ')
          .append(epoch.digest()).append('\n');
    }
    return Packed.pack(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What was packed.
   *
   * @throws RuntimeException if it is damaged
   */
  static List<Fingerprint.Epoch> of(byte[] packed) {
    List<Fingerprint.Epoch> epochs = new ArrayList<>();
    if (packed.length > 0) {
      String text = new String(Packed.unpack(packed), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ");
        epochs.add(new Fingerprint.Epoch(Long.parseLong(words[0]), words[1], words[2]));
      }
    }
    return epochs;
  }
}
