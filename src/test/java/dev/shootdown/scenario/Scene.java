package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Judgement;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problem;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Loads and runs scenarios for tests. */
final class Scene {
  /** A machine with one process, whose area {@code a} has four pages. */
  static final String BASE =
      """
      include classpath("profiles/two-socket-ats.conf")
      files = [ { name = data } ]
      processes = [
        { name = app, devices = [nic0], areas = [
          { name = a, at = "0x7f0000000000", pages = 4 }
          { name = f, at = "0x7f0001000000", pages = 4, file = data }
          { name = free, at = "0x7f0002000000", pages = 4, reserved = true } ] }
      ]
      """;

  private Scene() {}

  /** The shipped scenarios, in the order of their numbers. */
  static List<Path> shipped() {
    try (Stream<Path> files = Files.list(Path.of("scenarios"))) {
      return files.filter(file -> file.getFileName().toString().matches("\\d\\d-.*\\.conf"))
          .sorted().toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The shipped scenario whose name starts with {@code number}. */
  static Path shipped(String number) {
    return shipped().stream()
        .filter(file -> file.getFileName().toString().startsWith(number)).findFirst()
        .orElseThrow();
  }

  static List<Variant> load(Path file, String... overrides) {
    return Scenarios.load(
        file, Optional.empty(), Optional.empty(), List.of(overrides), Path.of(""));
  }

  static Scenario variant(Path file, String name, String... overrides) {
    return Scenarios.load(
        file, Optional.of(name), Optional.empty(), List.of(overrides), Path.of(""))
        .get(0).scenario();
  }

  /** Writes {@code text} to {@code bad.conf} in {@code folder}. */
  static Path write(Path folder, String text) {
    try {
      return Files.writeString(folder.resolve("bad.conf"), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** What is wrong with {@code text}, shown relative to {@code folder}. */
  static List<Problem> problems(Path folder, String text) {
    try {
      Scenarios.load(
          write(folder, text), Optional.empty(), Optional.empty(), List.of(), folder);
      return List.of();
    } catch (ConfigProblems found) {
      return found.problems();
    }
  }

  static ScenarioResult run(SystemPool pool, Scenario scenario) {
    return run(pool, scenario, 1, false);
  }

  static ScenarioResult run(
      SystemPool pool, Scenario scenario, int workers, boolean keepTrace) {
    return new ScenarioRun(
        pool, scenario, scenario.run().seed(), workers, keepTrace, new StopFlag()).run();
  }

  /** The verdict of one run, or why there is none. */
  static String verdict(ScenarioResult result) {
    return result.outcome().failure()
        .map(failure -> "failure: " + failure)
        .orElse(result.judgement().verdictOf(result.outcome().complete()).text());
  }

  /** Fails with {@code what} if two runs didn't come to the same in every respect. */
  static void assertSame(ScenarioResult result, ScenarioResult plain, String what) {
    assertThat(verdict(result)).as(what).isEqualTo(verdict(plain));
    assertThat(result.outcome().fingerprint()).as(what)
        .isEqualTo(plain.outcome().fingerprint());
    assertThat(result.outcome().events()).as(what).isEqualTo(plain.outcome().events());
    assertThat(result.outcome().endPs()).as(what).isEqualTo(plain.outcome().endPs());
    Judgement judgement = result.judgement();
    assertThat(judgement.findings()).as(what).isEqualTo(plain.judgement().findings());
    assertThat(judgement.gaps()).as(what).isEqualTo(plain.judgement().gaps());
    assertThat(judgement.exposures()).as(what).isEqualTo(plain.judgement().exposures());
    assertThat(judgement.costs()).as(what).isEqualTo(plain.judgement().costs());
    assertThat(ledger(judgement)).as(what).isEqualTo(ledger(plain.judgement()));
  }

  /** All that the rows say, one after the other. */
  private static List<Object> ledger(Judgement judgement) {
    List<Object> said = new ArrayList<>();
    for (LedgerRow row : judgement.rows()) {
      Collections.addAll(
          said, row.operation(), row.kind(), row.cpu(), row.mm(), row.range(), row.beganPs(),
          row.isFinished() ? row.elapsedPs() : -1, row.stolenPs(), row.ipis(),
          row.secondaryFlushes(), row.requestedPages(), row.flushedPages());
      for (Account account : Account.values()) {
        said.add(row.accountPs(account));
      }
    }
    return said;
  }
}
