package dev.shootdown.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The report of a result directory, made of its files alone. */
public final class Report {
  /** The page's name in a result directory. */
  public static final String FILE = "report.html";

  private final Path directory;
  private final Optional<RunResults> run;
  private final Optional<SweepResults> sweep;

  private Report(Path directory, Optional<RunResults> run, Optional<SweepResults> sweep) {
    this.directory = directory;
    this.run = run;
    this.sweep = sweep;
  }

  /**
   * Opens a result directory, of a run or of a sweep, and checks that its files are those that were
   * written.
   *
   * @throws UnreadableResult if it is none, or they are not
   */
  public static Report open(Path directory) {
    return SweepResults.isSweep(directory)
        ? new Report(directory, Optional.empty(), Optional.of(SweepResults.open(directory)))
        : new Report(directory, Optional.of(checked(directory)), Optional.empty());
  }

  static RunResults checked(Path directory) {
    RunResults results = RunResults.open(directory);
    checkHashes(results);
    return results;
  }

  /** The page of a run whose files are being written: there is no manifest yet. */
  static String draft(Path directory) {
    return RunPage.html(RunResults.open(directory));
  }

  /** The page. */
  public String html() {
    return run.map(RunPage::html).orElseGet(() -> SweepPage.html(sweep.orElseThrow()));
  }

  /** The tables that the page shows. */
  public List<ReportTable> tables() {
    return run.map(results -> new RunFigures(results).all())
        .orElseGet(() -> new SweepFigures(sweep.orElseThrow()).all());
  }

  /** One line that says what this is. */
  public String title() {
    return run.map(
            results ->
                results.summary().text("verdict") + ": " + results.summary().text("title"))
        .orElseGet(() -> sweep.orElseThrow().title());
  }

  /**
   * Writes the page into the directory, in one step: who reads it meanwhile sees the old one.
   *
   * @return the file
   * @throws ResultProblem if it cannot be written
   */
  public Path write() {
    Path file = directory.resolve(FILE);
    Path draft = directory.resolve(FILE + ".partial-tmp");
    String html = html();
    try {
      Files.writeString(draft, html, StandardCharsets.UTF_8);
      Files.move(
          draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      draft.toFile().delete(); // it is in the way of what there is room for
      throw new ResultProblem(file + " cannot be written (" + e.getMessage() + ")", e);
    }
  }

  /** The page itself may be of another version: it is what is to be made anew. */
  private static void checkHashes(RunResults results) {
    Node hashes = results.manifest().object("files_sha256");
    for (String name : hashes.names()) {
      Path file = results.directory().resolve(name);
      if (name.equals(FILE)) {
        continue;
      }
      if (!Files.exists(file)) {
        throw UnreadableResult.missing(file);
      }
      if (!sha256(file).equals(hashes.text(name))) {
        throw UnreadableResult.damaged(
            file.toString(), 0,
            "is not what the run wrote: its SHA-256 differs from " + RunResults.MANIFEST
                + "; run the scenario again with --force");
      }
    }
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    } catch (IOException e) {
      throw UnreadableResult.damaged(file.toString(), 0, "cannot be read: " + e.getMessage());
    }
  }
}
