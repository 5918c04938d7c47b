package dev.shootdown.museum;

import dev.shootdown.config.Scale;
import dev.shootdown.config.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the time that messages take random: a wire of constant latency gets one that is drawn, each
 * time anew, between half of it and twice as much. What a wire may reorder stays as it is.
 */
final class Shaking {
  private static final int FACTOR = 2;

  private Shaking() {}

  /** Settings, as {@code path=value}, that shake the kinds of wires in this block. */
  static List<String> of(Settings wires) {
    List<String> settings = new ArrayList<>();
    for (Settings kind : wires.objects()) {
      Settings latency = kind.child("latency");
      if (latency.has("kind") && latency.text("kind").equals("constant") && latency.has("min")) {
        long latencyPs = latency.timePs("min");
        settings.add(
            "wires." + kind.name() + ".latency={kind=uniform,min="
                + Scale.TIME.show(latencyPs / FACTOR) + ",max="
                + Scale.TIME.show(latencyPs * FACTOR) + ",mean=null}");
      }
    }
    return settings;
  }
}
