package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.shootdown.cluster.Relay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that are processes of their own. */
@Timeout(600)
class ClusterProcessesTest {
  private static final int CLUSTER_FAILURE = 20;
  private static final int INTERRUPTED = 130;

  /** A process takes that long to start where a dozen others do the same. */
  private static final String FORM_WITHIN = "200";

  @TempDir private Path out;

  private Typed run(String... args) {
    return Typed.inProject(
        Stream.concat(Stream.of(args), Stream.of("--out", results().toString()))
            .toArray(String[]::new));
  }

  private Path results() {
    return out.resolve("results");
  }

  private String fingerprint(Path parent) throws IOException {
    try (Stream<Path> files = Files.walk(parent)) {
      Path file =
          files.filter(f -> f.endsWith("fingerprint.txt")).findFirst().orElseThrow();
      return Files.readString(file);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "scenarios/01-unmap-one-page.conf, 2",
    "scenarios/02-overtaken-fill.conf:broken, 3",
    "scenarios/03-era-b-mremap.conf:era-b, 2"
  })
  void shouldWriteTheSameFingerprintWhenProcessesShareTheRun(String scenario, String nodes)
      throws IOException {
    Path alone = out.resolve("alone");
    Path shared = out.resolve("shared");
    Typed first =
        Typed.inProject("run", scenario, "--quiet", "--out", alone.toString());
    Typed second =
        Typed.inProject(
            "run", scenario, "--quiet", "--local-nodes", nodes, "--out", shared.toString());

    assertThat(second.err()).isEmpty();
    assertThat(second.exitCode()).isEqualTo(first.exitCode()).isZero();
    assertThat(fingerprint(shared)).isEqualTo(fingerprint(alone));
    assertThat(second.outLines().get(0)).isEqualTo(first.outLines().get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "STOP"})
  void shouldExitWithTwentyAndNameNodeAndWindowWhenAProcessIs(String signal) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no kill here");
    Path scenario = Files.writeString(out.resolve("long.conf"), Programs.LONG);
    try (Strike strike = new Strike(Programs::isUnderWay, worker -> signal(signal, worker.pid()))) {
      Watched run =
          Watched.run(
              strike, "run", scenario.toString(), "--local-nodes", "2", "--give-up", "4",
              "--checkpoint", "every 5 us", "--out", results().toString());

      assertThat(strike.isDone()).as(run.err()).isTrue();
      assertThat(run.exitCode()).as(run.err()).isEqualTo(CLUSTER_FAILURE);
      assertThat(run.err())
          .containsPattern("node 127\\.0\\.0\\.1:\\d+: no sign of life for 4 s, window \\d+");
      assertThat(run.err().lines().reduce((before, last) -> last).orElseThrow())
          .startsWith("shootdown: to go on: ./shootdown run --resume " + results())
          .endsWith(".partial");
    }
    shouldHaveLeftWhatThereWas();
  }

  /** A terminal sends it to all processes of the command, in no order that one could rely on. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldEndAtOnceWithWhatThereIsWhenCtrlCComesToAllProcesses(boolean workerFirst)
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no kill here");
    Path scenario = Files.writeString(out.resolve("long.conf"), Programs.LONG);
    Process run =
        Programs.program(
            List.of(
                "run", scenario.toString(), "--local-nodes", "2", "--give-up", "60",
                "--out", results().toString()));
    List<ProcessHandle> all = new ArrayList<>();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(run.getErrorStream(), StandardCharsets.UTF_8))) {
      List<String> soFar = new ArrayList<>();
      for (String line = ""; !Programs.isUnderWay(line); ) {
        line = said.readLine();
        assertThat(line).as("after " + soFar).isNotNull();
        soFar.add(line);
      }
      run.children().forEach(all::add);
      assertThat(all).hasSize(1);
      all.add(workerFirst ? 1 : 0, run.toHandle());
      all.forEach(each -> signal("INT", each.pid()));
      String rest = String.join("\n", said.lines().toList());

      assertThat(run.waitFor()).as(rest).isEqualTo(INTERRUPTED);
      assertThat(rest).doesNotContain("no sign of life", "is lost", "failed");
      for (ProcessHandle each : all) {
        assertThat(each.onExit().orTimeout(30, TimeUnit.SECONDS).join().isAlive()).isFalse();
      }
    } finally {
      all.forEach(ProcessHandle::destroyForcibly);
      run.destroyForcibly().waitFor();
    }
    shouldHaveLeftWhatThereWas();
  }

  private static void signal(String name, long pid) {
    try {
      new ProcessBuilder("/bin/kill", "-" + name, Long.toString(pid)).start().waitFor();
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void shouldExplainWhoIsWhereWhenAskedTo() {
    Typed typed =
        run("run", "scenarios/01-unmap-one-page.conf", "--workers", "2", "--placement", "explain");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.err())
        .contains("placement: 2 partitions, lookahead ", " wires cut", "partition 0: ",
            " at the barrier if all are equally busy: ", "  cut: ", "windows: ", " events each, ",
            " windows/s", " a window; by that ")
        .containsPattern("thread 1 of this node: \\d+ % of its time at the barrier, [\\d,.]+ ms");
  }

  @Test
  void shouldTellWhatCrossedWhenNodesShareTheRun() {
    Typed typed =
        run("run", "scenarios/01-unmap-one-page.conf", "--local-nodes", "2", "--placement",
            "explain", "--quiet");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.err())
        .containsPattern(
            "sent to other nodes: [\\d,]+ events, [\\d,]+ bytes, [\\d.]+ an event with headers")
        .containsPattern("nodes: together [\\d.]+ s after this process began\n");
  }

  @Test
  void shouldWaitLateWithTheSecondCompilerWhenTheUserSaysNothingOfIt() {
    List<String> plain =
        ClusterChildren.flags(
            List.of("-Xmx1g", "-XX:ArchiveClassesAtExit=a", "-agentlib:jdwp=x"));
    List<String> own = ClusterChildren.flags(List.of("-XX:TieredStopAtLevel=1", "-Xmx1g"));

    assertThat(plain).startsWith("-Xmx1g").hasSizeGreaterThan(1)
        .allMatch(flag -> flag.equals("-Xmx1g") || flag.startsWith("-XX:Tier4"));
    assertThat(own).containsExactly("-XX:TieredStopAtLevel=1", "-Xmx1g");
  }

  /** A real partition: both processes live, and no byte gets from one to the other. */
  @Test
  void shouldExitWithTwentyOnBothSidesWhenTheNetworkIsTorn() throws Exception {
    Path scenario = Files.writeString(out.resolve("long.conf"), Programs.LONG);
    try (Relay toCoordinator = Relay.plain();
        Relay toNode = Relay.plain()) {
      Process node =
          Programs.node("--join", "127.0.0.1:" + toCoordinator.port(), "--port",
              Integer.toString(toNode.port()), "--bind", toNode.inside(), "--give-up", "4",
              "--form-within", FORM_WITHIN);
      Watched run =
          Watched.run(
              line -> {
                if (Programs.isUnderWay(line)) {
                  toCoordinator.stall();
                  toNode.stall();
                }
              },
              "run", scenario.toString(), "--nodes", "2", "--port",
              Integer.toString(toCoordinator.port()), "--bind", toCoordinator.inside(),
              "--give-up", "4", "--form-within", FORM_WITHIN, "--out", results().toString());
      String told = Programs.said(node);

      assertThat(run.exitCode()).as(run.err()).isEqualTo(CLUSTER_FAILURE);
      assertThat(run.err()).containsPattern(silent(toNode.port()));
      assertThat(node.waitFor()).as(told).isEqualTo(CLUSTER_FAILURE);
      assertThat(told).containsPattern(silent(toCoordinator.port()));
      shouldHaveLeftWhatThereWas();
    }
  }

  private static String silent(int port) {
    return "node 127\\.0\\.0\\.1:" + port + ": no sign of life for 4 s, window \\d+";
  }

  private void shouldHaveLeftWhatThereWas() throws IOException {
    try (Stream<Path> results = Files.list(results())) {
      Path partial = results.findFirst().orElseThrow();
      assertThat(partial.getFileName().toString()).endsWith(".partial");
      assertThat(partial.resolve("summary.json")).isNotEmptyFile();
    }
  }

  /** The other side of a network that is torn: each side hears nothing of the other. */
  @Test
  void shouldNameTheCoordinatorAndTheWindowWhenAWorkerHearsNothing()
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no kill here");
    Path scenario = Files.writeString(out.resolve("long.conf"), Programs.LONG);
    Process coordinator =
        Programs.program(
            List.of(
                "run", scenario.toString(), "--nodes", "2", "--port", "0", "--form-within",
                FORM_WITHIN, "--out", results().toString()));
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(coordinator.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      assertThat(line).startsWith("waiting for 1 of: ./shootdown node --join 127.0.0.1:");
      String place = line.substring(line.lastIndexOf(' ') + 1);
      Process node = Programs.node("--join", place, "--give-up", "4", "--form-within", FORM_WITHIN);
      List<String> soFar = new ArrayList<>();
      while (!Programs.isUnderWay(line)) {
        line = said.readLine();
        assertThat(line).as("after " + soFar).isNotNull();
        soFar.add(line);
      }
      signal("STOP", coordinator.pid());
      String told = Programs.said(node);

      assertThat(node.waitFor()).as(told).isEqualTo(CLUSTER_FAILURE);
      assertThat(told)
          .containsPattern("node \\Q" + place + "\\E: no sign of life for 4 s, window \\d+");
    } finally {
      coordinator.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldComeToTheSameWhenAClusterWaits() throws IOException, InterruptedException {
    Process node = Programs.node("--port", "0");
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(node.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      assertThat(line).startsWith("a cluster waits at 127.0.0.1:");
      String place = line.substring(line.lastIndexOf(' ') + 1);
      CompletableFuture<Void> rest =
          CompletableFuture.runAsync(
              () -> said.lines().forEach(more -> { }), task -> new Thread(task).start());
      Path alone = out.resolve("alone");
      Typed.inProject(
          "run", "scenarios/01-unmap-one-page.conf", "--quiet", "--out", alone.toString());
      for (String folder : List.of("first", "second")) {
        Path shared = out.resolve(folder);
        Typed typed =
            Typed.inProject(
                "run", "scenarios/01-unmap-one-page.conf", "--cluster", place, "--quiet", "--out",
                shared.toString());

        assertThat(typed.err()).isEmpty();
        assertThat(typed.exitCode()).isZero();
        assertThat(fingerprint(shared)).isEqualTo(fingerprint(alone));
      }
      assertThat(node.isAlive()).isTrue();
      // Unlike the process's own method this leaves the stream open that is being read.
      node.toHandle().destroy();
      rest.join();
    } finally {
      node.destroyForcibly().waitFor();
    }
  }
}
