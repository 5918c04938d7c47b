package dev.shootdown.checkpoint;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import java.util.ArrayList;
import java.util.List;

/**
 * Which run a state is of.
 *
 * @param program version and digest of the code, as people say it
 * @param scenario the scenario's file, as the run was given it
 * @param variant the variant's name, empty for a scenario without variants
 * @param settings settings beside the file, as {@code path=value}
 * @param configuration hash of the effective configuration
 * @param seed the run's seed
 * @param everyPs virtual time between checkpoints in ps
 */
public record Origin(
    String program, String scenario, String variant, List<String> settings,
    String configuration, long seed, long everyPs) {
  void write(BytesOut out) {
    out.text(program);
    out.text(scenario);
    out.text(variant);
    out.unsigned(settings.size());
    settings.forEach(out::text);
    out.text(configuration);
    out.signed(seed);
    out.unsigned(everyPs);
  }

  static Origin read(BytesIn in) {
    String program = in.text();
    String scenario = in.text();
    String variant = in.text();
    List<String> settings = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      settings.add(in.text());
    }
    return new Origin(
        program, scenario, variant, List.copyOf(settings), in.text(), in.signed(),
        in.unsigned());
  }
}
