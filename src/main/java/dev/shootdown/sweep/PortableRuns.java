package dev.shootdown.sweep;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import java.util.ArrayList;
import java.util.List;

/**
 * Some runs, with all that is needed to do them elsewhere.
 *
 * @param base a configuration as text
 * @param runs what is laid over it
 */
record PortableRuns(String base, SweepSpec.Window window, List<One> runs) {
  /**
   * One run.
   *
   * @param settings {@code path=value}; a later one wins
   */
  record One(RunResult.RunKey key, long seed, List<String> settings) {}

  byte[] toBytes() {
    BytesOut out = new BytesOut();
    out.text(base);
    out.signed(window.warmUpPs());
    out.signed(window.untilPs());
    out.signed(window.starvedAfterPs());
    out.unsigned(runs.size());
    for (One run : runs) {
      out.unsigned(run.key().point());
      out.unsigned(run.key().repetition());
      out.signed(run.seed());
      out.unsigned(run.settings().size());
      run.settings().forEach(out::text);
    }
    return Packed.pack(out.toByteArray());
  }

  static PortableRuns of(byte[] packed) {
    BytesIn in = new BytesIn(Packed.unpack(packed));
    String base = in.text();
    SweepSpec.Window window = new SweepSpec.Window(in.signed(), in.signed(), in.signed());
    List<One> runs = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      RunResult.RunKey key =
          new RunResult.RunKey(
              in.below(Integer.MAX_VALUE, "point"), in.below(Integer.MAX_VALUE, "repetition"));
      long seed = in.signed();
      List<String> settings = new ArrayList<>();
      for (int more = in.count(); more > 0; more--) {
        settings.add(in.text());
      }
      runs.add(new One(key, seed, settings));
    }
    in.finish();
    return new PortableRuns(base, window, runs);
  }
}
