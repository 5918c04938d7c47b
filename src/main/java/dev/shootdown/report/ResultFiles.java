package dev.shootdown.report;

import dev.shootdown.check.Finding;
import dev.shootdown.engine.Fingerprint;
import dev.shootdown.trace.MachineFact;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of one run. All but the manifest are the same bytes for equal runs. */
final class ResultFiles {
  private static final int WITNESSES = 20;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path directory;
  private final RunRecord record;
  private final SortedMap<String, String> hashes = new TreeMap<>();

  private interface Content {
    void writeTo(Writer out) throws IOException;
  }

  private interface Bytes {
    void writeTo(OutputStream out) throws IOException;
  }

  private ResultFiles(Path directory, RunRecord record) {
    this.directory = directory;
    this.record = record;
  }

  /** Writes them all; the manifest comes last, as it names the others' hashes. */
  static void write(Path directory, RunRecord record) throws IOException {
    ResultFiles files = new ResultFiles(directory, record);
    files.writeTexts();
    files.file("stats.csv", out -> RunTables.stats(out, record.collected().stats()));
    files.file("ledger.csv", out -> RunTables.ledger(out, record.judgement().rows()));
    if (record.collected().facts().isPresent()) {
      files.writeTraces(record.collected().facts().get());
    }
    files.writeMeasured();
    files.writeWitnesses();
    String page = Report.draft(directory);
    files.file(Report.FILE, out -> out.write(page));
    files.file("manifest.json", out -> out.write(Json.text(Trees.manifest(record, files.hashes))));
  }

  private void writeTexts() throws IOException {
    file("config.conf", out -> out.write(record.texts().config()));
    if (!record.texts().machineJson().isEmpty()) {
      file("machine.json", out -> out.write(record.texts().machineJson()));
    }
    file("summary.json", out -> out.write(Json.text(Trees.summary(record))));
    file("verdicts.json", out -> out.write(Json.text(Trees.verdicts(record))));
    file("fingerprint.txt", out -> fingerprint(out, record.outcome().fingerprint()));
    file("log.txt", out -> RunLog.write(out, record));
  }

  private void writeTraces(FactKeeper kept) throws IOException {
    for (TraceForm form : kept.forms()) {
      switch (form) {
        case csv -> file(form.file(), out -> RunTables.trace(out, kept.facts()));
        case perfetto ->
            bytes(form.file(), out -> PerfettoTrace.write(out, Timeline.of(kept.facts())));
        case ftrace ->
            file(form.file(), out -> KernelText.write(out, cpus(kept), kept.facts()));
      }
    }
  }

  /** As the machine numbers them; of a machine that was not kept, those that did anything. */
  private List<String> cpus(FactKeeper kept) {
    List<String> cpus = new ArrayList<>();
    String machine = record.texts().machineJson();
    if (machine.isEmpty()) {
      kept.facts().stream()
          .filter(fact -> fact.fact() instanceof MachineFact.OperationBegan)
          .map(FactKeeper.Kept::component)
          .distinct()
          .sorted()
          .forEach(cpus::add);
    } else {
      for (Node part : Node.read("machine.json", machine).objects("parts")) {
        if (part.text("type").equals("cpu")) {
          cpus.add(part.text("name"));
        }
      }
    }
    return cpus;
  }

  private void writeMeasured() throws IOException {
    Stats stats = record.collected().stats();
    long endPs = record.outcome().endPs();
    file("stations.csv", out -> RunTables.stations(out, stats.stations(), endPs));
    file("occupancy.csv", out -> RunTables.occupancy(out, stats.stations(), endPs));
    file("windows.csv", out -> RunTables.windows(out, stats.windows()));
    file("retries.csv", out -> RunTables.retries(out, stats.retries()));
  }

  private void writeWitnesses() throws IOException {
    int number = 0;
    for (Finding finding : record.judgement().findings()) {
      Optional<String> witness = finding.witness(record.texts().reproduce());
      if (witness.isPresent() && number < WITNESSES) {
        String name = String.format(Locale.ROOT, "witness/%02d.txt", ++number);
        file(name, out -> out.write(witness.get()));
      }
    }
  }

  private static void fingerprint(Writer out, Fingerprint fingerprint) throws IOException {
    out.write(fingerprint.total() + '\n');
    for (Fingerprint.Epoch epoch : fingerprint.epochs()) {
      out.write(epoch.endPs() + " " + epoch.component() + " " + epoch.digest() + '\n');
    }
  }

  private void file(String name, Content content) throws IOException {
    bytes(
        name,
        out -> {
          Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          content.writeTo(text);
          text.flush();
        });
  }

  private void bytes(String name, Bytes content) throws IOException {
    Path path = directory.resolve(name);
    Files.createDirectories(path.getParent());
    MessageDigest sha = sha256();
    try (OutputStream out =
        new BufferedOutputStream(
            new DigestOutputStream(Files.newOutputStream(path), sha), BUFFER_BYTES)) {
      content.writeTo(out);
    }
    hashes.put(name, HexFormat.of().formatHex(sha.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
