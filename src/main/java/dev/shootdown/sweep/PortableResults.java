package dev.shootdown.sweep;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came of some runs, as far as a store keeps it: evidence of findings stays behind.
 *
 * @param results of those that could be built
 * @param refused those that could not; why is told where their files are
 */
record PortableResults(List<RunResult> results, List<RunResult.RunKey> refused) {
  byte[] toBytes() {
    BytesOut out = new BytesOut();
    out.unsigned(results.size());
    results.forEach(result -> write(result, out));
    out.unsigned(refused.size());
    refused.forEach(key -> write(key, out));
    return Packed.pack(out.toByteArray());
  }

  private static void write(RunResult.RunKey key, BytesOut out) {
    out.unsigned(key.point());
    out.unsigned(key.repetition());
  }

  private static void write(RunResult result, BytesOut out) {
    write(result.key(), out);
    RunResult.Ending ending = result.ending();
    out.signed(ending.seed());
    out.text(ending.verdict());
    out.signed(ending.findings());
    out.text(ending.fingerprint());
    out.text(ending.failure());
    out.unsigned(result.metrics().size());
    result.metrics().forEach(
        (name, value) -> {
          out.text(name);
          out.signed(Double.doubleToRawLongBits(value));
        });
    out.unsigned(result.latencies().size());
    result.latencies().forEach(
        (kind, payload) -> {
          out.text(kind);
          out.unsigned(payload.length);
          out.raw(payload, 0, payload.length);
        });
    out.unsigned(result.findings().size());
    for (Finding finding : result.findings()) {
      out.text(finding.verdict().text());
      out.signed(finding.atPs());
      out.text(finding.component());
      out.text(finding.summary());
    }
    out.unsigned(result.epochs().length);
    out.raw(result.epochs(), 0, result.epochs().length);
  }

  static PortableResults of(byte[] packed) {
    BytesIn in = new BytesIn(Packed.unpack(packed));
    List<RunResult> results = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      results.add(result(in));
    }
    List<RunResult.RunKey> refused = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      refused.add(key(in));
    }
    in.finish();
    return new PortableResults(results, refused);
  }

  private static RunResult.RunKey key(BytesIn in) {
    return new RunResult.RunKey(
        in.below(Integer.MAX_VALUE, "point"), in.below(Integer.MAX_VALUE, "repetition"));
  }

  private static RunResult result(BytesIn in) {
    RunResult.RunKey key = key(in);
    RunResult.Ending ending =
        new RunResult.Ending(in.signed(), in.text(), in.signed(), in.text(), in.text());
    SortedMap<String, Double> metrics = new TreeMap<>();
    for (int left = in.count(); left > 0; left--) {
      metrics.put(in.text(), Double.longBitsToDouble(in.signed()));
    }
    SortedMap<String, byte[]> latencies = new TreeMap<>();
    for (int left = in.count(); left > 0; left--) {
      latencies.put(in.text(), in.raw(in.count()));
    }
    List<Finding> findings = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      findings.add(
          new Finding(
              Verdict.parse(in.text()), in.signed(), in.text(), in.text(), Optional.empty()));
    }
    return new RunResult(key, ending, metrics, latencies, findings, in.raw(in.count()));
  }
}
