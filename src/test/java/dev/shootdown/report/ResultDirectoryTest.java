package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Failure;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDirectoryTest {
  private static final String ID = "forgotten-0a1b2c3d-s7";

  @TempDir private Path parent;

  private final Records run = new Records();

  private static SortedMap<String, String> files(Path root) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(path).toString().replace('\\', '/'), Files.readString(path));
      }
    }
    return files;
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.map(child -> child.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void shouldWriteAllFilesWhenSomethingWasFound() throws IOException {
    run.keep = true;
    Path directory = ResultDirectory.write(parent, run.staleUse().record(), false);
    assertThat(directory).isEqualTo(parent.resolve(ID));
    assertThat(files(directory))
        .containsOnlyKeys(
            "config.conf", "fingerprint.txt", "ledger.csv", "log.txt", "manifest.json",
            "occupancy.csv", "report.html", "retries.csv", "stations.csv", "stats.csv",
            "summary.json", "trace.csv", "verdicts.json", "windows.csv", "witness/01.txt");
    assertThat(names()).containsExactly(ID);
  }

  @Test
  void shouldWriteAWitnessWhenARuleWasBroken() throws IOException {
    run.state(10, "nic0", new MachineFact.ProtocolBreach("it answered twice"));
    Path directory = ResultDirectory.write(parent, run.munmap(1, 0).record(), false);
    assertThat(files(directory).get("witness/01.txt"))
        .startsWith("protocol-breach: it answered twice\n")
        .contains("stated:  by nic0 at 0.010 ns")
        .endsWith("./shootdown run forgotten -D run.seed=7\n");
  }

  @Test
  void shouldLeaveOutTraceAndWitnessWhenThereIsNone() throws IOException {
    Path directory = ResultDirectory.write(parent, run.munmap(1, 0).record(), false);
    assertThat(files(directory)).doesNotContainKeys("trace.csv", "witness/01.txt");
  }

  @Test
  void shouldDifferOnlyInManifestWhenRunIsRepeated() throws IOException {
    run.keep = true;
    SortedMap<String, String> first =
        files(ResultDirectory.write(parent, run.staleUse().record(), false));
    Records again = new Records();
    again.keep = true;
    again.startedAt = "2027-12-31T23:59:59Z";
    SortedMap<String, String> second =
        files(ResultDirectory.write(parent, again.staleUse().record(), true));
    assertThat(first.get("manifest.json")).contains("2026-01-02T03:04:05Z");
    assertThat(second.remove("manifest.json")).isNotEqualTo(first.remove("manifest.json"));
    assertThat(second).isEqualTo(first);
    assertThat(String.join("", first.values()))
        .doesNotContain("2026-").doesNotContain(parent.toString());
  }

  @Test
  void shouldRefuseAndKeepOldWhenResultsAreThere() throws IOException {
    ResultDirectory.write(parent, run.record(), false);
    String old = Files.readString(parent.resolve(ID).resolve("summary.json"));
    Records other = new Records().staleUse();
    assertThatExceptionOfType(ResultProblem.class)
        .isThrownBy(() -> ResultDirectory.write(parent, other.record(), false))
        .withMessageContaining(ID)
        .withMessageContaining("--force");
    assertThat(Files.readString(parent.resolve(ID).resolve("summary.json"))).isEqualTo(old);
    assertThat(names()).containsExactly(ID);
  }

  @Test
  void shouldReplaceAllWhenForced() throws IOException {
    ResultDirectory.write(parent, run.staleUse().record(), false);
    Path directory = ResultDirectory.write(parent, new Records().record(), true);
    assertThat(files(directory)).doesNotContainKey("witness/01.txt");
    assertThat(names()).containsExactly(ID);
  }

  @Test
  void shouldWriteBesideWhenRunWasInterrupted() throws IOException {
    ResultDirectory.write(parent, run.record(), false);
    run.complete = false;
    assertThat(ResultDirectory.writePartial(parent, run.record()))
        .isEqualTo(parent.resolve(ID + ".partial"));
    ResultDirectory.writePartial(parent, run.record());
    assertThat(names()).containsExactlyInAnyOrder(ID, ID + ".partial");
    assertThat(files(parent.resolve(ID + ".partial")).get("summary.json"))
        .contains("\"verdict\": \"inconclusive\"")
        .contains("\"complete\": false");
  }

  @Test
  void shouldCreateParentWhenItIsMissing() {
    Path deep = parent.resolve("a/b");
    ResultDirectory.prepare(deep, ID, false);
    assertThat(ResultDirectory.write(deep, run.record(), false)).isDirectory();
  }

  @Test
  void shouldSayWhereWhenParentIsAFile() throws IOException {
    Path file = Files.writeString(parent.resolve("results"), "in the way");
    assertThatExceptionOfType(ResultProblem.class)
        .isThrownBy(() -> ResultDirectory.write(file, run.record(), false))
        .withMessageContaining(file.toString())
        .withMessageContaining("--out");
    assertThatExceptionOfType(ResultProblem.class)
        .isThrownBy(() -> ResultDirectory.prepare(file, ID, false));
    assertThat(file).hasContent("in the way");
  }

  @Test
  void shouldLeaveNothingWhenWritingFailsHalfWay() throws IOException {
    Records broken = new Records();
    broken.keep = true;
    broken.keeper.seen(1, "dev0", null);
    assertThatExceptionOfType(NullPointerException.class)
        .isThrownBy(() -> ResultDirectory.write(parent, broken.record(), false));
    assertThat(names()).isEmpty();
  }

  @Test
  void shouldRefuseBeforehandWhenResultsAreThere() throws IOException {
    ResultDirectory.write(parent, run.record(), false);
    assertThatExceptionOfType(ResultProblem.class)
        .isThrownBy(() -> ResultDirectory.prepare(parent, ID, false));
    ResultDirectory.prepare(parent, ID, true);
    assertThat(names()).containsExactly(ID);
  }

  @Test
  void shouldRefuseIdWhenItIsNoPlainName() {
    for (String id : new String[] {"", "..", "a/b", "a\\b", ".hidden"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Identity("t", id, "", 1));
    }
  }

  @Test
  void shouldWriteOneRowPerOperationWhenLedgerIsKept() throws IOException {
    run.munmap(1, 0).state(9, "cpu4", new MachineFact.OperationBegan(5, "a,b", 2, PageRange.ALL));
    SortedMap<String, String> files =
        files(ResultDirectory.write(parent, run.record(), false));
    List<String> accounts = new ArrayList<>();
    List<String> ofFirst = new ArrayList<>();
    for (Account account : Account.values()) {
      accounts.add(account.name().toLowerCase(Locale.ROOT) + "_ps");
      ofFirst.add(
          account == Account.SOFTWARE ? "1000000" : account == Account.ACK_WAIT ? "2000000" : "0");
    }
    String noTime = ",0".repeat(accounts.size());
    assertThat(files.get("ledger.csv").lines())
        .containsExactly(
            "operation,kind,cpu,mm,pages,began_ps,elapsed_ps," + String.join(",", accounts)
                + ",stolen_ps,ipis,secondary_flushes,requested_pages,flushed_pages",
            "1,munmap,cpu0,1,2,0,3000000," + String.join(",", ofFirst) + ",500000,1,1,2,8",
            "5,\"a,b\",cpu4,2,35184372088832,9," + noTime + ",0,0,0,0,0");
  }

  @Test
  void shouldTellFactsAsTheyWereWhenTraceIsKept() throws IOException {
    run.keep = true;
    run.state(3, "dev0", new MachineFact.Dropped(
        1, new PageRange(5, 1), MachineFact.Cause.EVICTED));
    SortedMap<String, String> files =
        files(ResultDirectory.write(parent, run.record(), false));
    assertThat(files.get("trace.csv"))
        .isEqualTo(
            "time_ps,component,fact,details\n"
                + "3,dev0,Dropped,mm=1 range=0x5000-0x6000 cause=EVICTED\n");
    assertThat(files.get("stats.csv"))
        .isEqualTo("component,metric,value\ndev0,dropped_count,1\n");
  }

  @Test
  void shouldTellTheRunInVirtualTimeWhenLogIsWritten() throws IOException {
    run.staleUse().state(5, "cpu3", new MachineFact.OperationBegan(8, "fork", 1, PageRange.ALL));
    run.failure = Optional.of(new Failure("cpu3", 6, "Begin", "it threw", null));
    SortedMap<String, String> files =
        files(ResultDirectory.write(parent, run.record(), false));
    assertThat(files.get("log.txt"))
        .isEqualTo(
            """
                      0.000 ns  begin
                      0.006 ns  failed: cpu3 at 6 ps, on Begin: it threw
                   3000.000 ns  stale-use: dev0, mm 1, address 0x5000, frame 0x7: held when \
            the frame was freed
                   4000.000 ns  unfinished: fork on cpu3, operation 8, begun at 0.005 ns
                   4000.000 ns  end: 42 events, complete, verdict stale-use
            """);
    assertThat(files.get("fingerprint.txt"))
        .isEqualTo("00112233445566778899aabbccddeeff\n100000000 cpu0 0123456789abcdef\n");
  }

  @Test
  void shouldGiveEvidenceWhenVerdictsAreWritten() throws IOException {
    SortedMap<String, String> files =
        files(ResultDirectory.write(parent, run.staleUse().record(), false));
    assertThat(files.get("verdicts.json"))
        .contains("\"verdict\": \"stale-use\"")
        .contains("\"kind\": \"held-at-free\"")
        .contains("\"freed_path\": \"munmap\"")
        .contains("\"flush_covers\": true")
        .contains("\"used_ps\": null");
    assertThat(files.get("summary.json"))
        .contains("\"stale-use\": 1")
        .contains("\"p99_operation\": 1")
        .contains("\"as_expected\": false");
    assertThat(files.get("manifest.json"))
        .contains("\"exit_code\": 10")
        .containsPattern("\"summary.json\": \"[0-9a-f]{64}\"");
    assertThat(files.get("witness/01.txt"))
        .startsWith("stale-use: dev0").endsWith("./shootdown run forgotten -D run.seed=7\n");
  }
}
