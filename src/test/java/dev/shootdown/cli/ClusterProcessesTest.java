package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that are processes of their own. */
class ClusterProcessesTest {
  private static final int CLUSTER_FAILURE = 20;

  /** Runs until it is stopped: a device that reads one page for a third of a virtual second. */
  private static final String LONG =
      """
      include classpath("profiles/two-socket-ats.conf")
      title = "a long run"
      processes = [ { name = app, home = 0, devices = [nic0],
        areas = [ { name = a, at = "0x7f0000000000", pages = 1 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "spin-until 20us"] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 5us,
        every = 300ns, count = 1000000 } ]
      """;

  @TempDir private Path out;

  private Typed run(String... args) {
    return Typed.inProject(
        Stream.concat(Stream.of(args), Stream.of("--out", out.toString()))
            .toArray(String[]::new));
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
    Path scenario = Files.writeString(out.resolve("long.conf"), LONG);
    List<ProcessHandle> before = ProcessHandle.current().children().toList();
    CompletableFuture<Long> struck = new CompletableFuture<>();
    LineWatch err =
        new LineWatch(
            line -> {
              if (line.contains(" us virtual") && !line.startsWith("0.000")) {
                struck.completeAsync(() -> strike(before, signal));
              }
            });
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            new String[] {
              "run", scenario.toString(), "--local-nodes", "2", "--give-up", "2", "--out",
              out.resolve("r").toString()
            },
            new PrintStream(text, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8), Path.of(""));
    assertThat(struck).as(err.text()).succeedsWithin(Duration.ofSeconds(1));
    ProcessHandle.of(struck.join()).ifPresent(ProcessHandle::destroyForcibly);

    assertThat(exitCode).as(err.text()).isEqualTo(CLUSTER_FAILURE);
    assertThat(err.text())
        .containsPattern("node 127\\.0\\.0\\.1:\\d+: no sign of life for 2 s, window \\d+");
    try (Stream<Path> results = Files.list(out.resolve("r"))) {
      Path partial = results.findFirst().orElseThrow();
      assertThat(partial.getFileName().toString()).endsWith(".partial");
      assertThat(partial.resolve("summary.json")).isNotEmptyFile();
    }
  }

  private static long strike(List<ProcessHandle> before, String signal) {
    ProcessHandle worker =
        ProcessHandle.current().children()
            .filter(child -> !before.contains(child))
            .findFirst()
            .orElseThrow();
    try {
      new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(worker.pid())).start().waitFor();
      return worker.pid();
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
            "sent to other nodes: [\\d,]+ events, [\\d,]+ bytes, [\\d.]+ an event with headers");
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

  @ParameterizedTest
  @CsvSource({"'', 0, ''", "nowhere, 2, --join takes HOST:PORT"})
  void shouldDoAsToldWhenTheAddressComesLate(String line, int exitCode, String words)
      throws IOException, InterruptedException {
    Process node = node("--join", "-");
    try (OutputStream in = node.getOutputStream()) {
      in.write(line.getBytes(StandardCharsets.UTF_8));
    }
    String said =
        new String(node.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(node.waitFor()).as(said).isEqualTo(exitCode);
    assertThat(said).contains(words).doesNotContain("Exception");
  }

  private static Process node(String... arguments) throws IOException {
    return program(Stream.concat(Stream.of("node"), Stream.of(arguments)).toList());
  }

  private static Process program(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The other side of a network that is torn: each side hears nothing of the other. */
  @Test
  void shouldNameTheCoordinatorAndTheWindowWhenAWorkerHearsNothing()
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no kill here");
    Path scenario = Files.writeString(out.resolve("long.conf"), LONG);
    Process coordinator =
        program(
            List.of(
                "run", scenario.toString(), "--nodes", "2", "--port", "0", "--out",
                out.resolve("r").toString()));
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(coordinator.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      assertThat(line).startsWith("waiting for 1 of: ./shootdown node --join 127.0.0.1:");
      String place = line.substring(line.lastIndexOf(' ') + 1);
      Process node = node("--join", place, "--give-up", "4");
      List<String> soFar = new ArrayList<>();
      while (!line.contains(" us virtual") || line.startsWith("0.000")) {
        line = said.readLine();
        assertThat(line).as("after " + soFar).isNotNull();
        soFar.add(line);
      }
      new ProcessBuilder("/bin/kill", "-STOP", Long.toString(coordinator.pid())).start().waitFor();
      String told = new String(node.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(node.waitFor()).as(told).isEqualTo(CLUSTER_FAILURE);
      assertThat(told)
          .containsPattern("node \\Q" + place + "\\E: no sign of life for 4 s, window \\d+");
    } finally {
      coordinator.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node --join nowhere | HOST:PORT",
        "node --join 192.0.2.7:25520 | --tls",
        "node --jobs 0 | --jobs must be at least 1",
        "run scenarios/01-unmap-one-page.conf --checkpoint 1ms | --checkpoint: there are no",
        "run --resume results/01 | --resume: there are no checkpoints",
        "run scenarios/no-such.conf --local-nodes 2 | no-such.conf",
        "audit --site C1 --nodes 0 | 1 to 1024 nodes",
        "run scenarios/01-unmap-one-page.conf --nodes 0 | 1 to 1024 nodes",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --local-nodes 2 | exclude each other",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --cluster h:1 | exclude each other",
        "run scenarios/01-unmap-one-page.conf --cluster here | --cluster takes HOST:PORT",
        "run scenarios/01-unmap-one-page.conf --cluster 192.0.2.7:25520 | --tls",
        "sweep scenarios/01-unmap-one-page.conf --axis kernel.era=B,C --nodes 0 | 1 to 1024 nodes",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --port 70000 | 65535",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --tls no-such-directory | tls.crt",
        "run scenarios/01-unmap-one-page.conf --local-nodes 2 --tls no-such-directory | tls.crt",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --give-up 0 | at least 1 s"
      })
  void shouldExitWithTwoWhenArgumentsMakeNoCluster(String arguments, String words) {
    String[] split = arguments.strip().split(" ");
    Typed typed = split[0].equals("node") ? Typed.inProject(split) : run(split);

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.err()).contains(words.strip()).hasLineCount(1);
  }

  @Test
  void shouldExitWithTwentyWhenNobodyComes() {
    Typed typed =
        run("run", "scenarios/01-unmap-one-page.conf", "--nodes", "2", "--port", "0",
            "--form-within", "1", "--quiet");

    assertThat(typed.exitCode()).isEqualTo(CLUSTER_FAILURE);
    assertThat(typed.err()).contains("only 1 of 2 nodes within 1 s").hasLineCount(1);
  }

  @Test
  void shouldExitWithTwoWhenThePortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      Typed run =
          run("run", "scenarios/01-unmap-one-page.conf", "--nodes", "2", "--port", port,
              "--quiet");
      Typed node = Typed.inProject("node", "--port", port, "--quiet");

      assertThat(List.of(run.exitCode(), node.exitCode())).containsOnly(2);
      assertThat(List.of(run.err(), node.err()))
          .allMatch(said -> said.contains("cannot listen on 127.0.0.1:" + port));
    }
  }

  @Test
  void shouldExitWithTwentyWhenNobodyIsThere() throws IOException {
    String nowhere;
    try (ServerSocket nobody = new ServerSocket(0)) {
      nowhere = "127.0.0.1:" + nobody.getLocalPort();
    }
    Typed node = Typed.inProject("node", "--join", nowhere, "--form-within", "1", "--quiet");
    Typed run =
        run("run", "scenarios/01-unmap-one-page.conf", "--cluster", nowhere, "--form-within", "1",
            "--quiet");

    assertThat(List.of(node.exitCode(), run.exitCode())).containsOnly(CLUSTER_FAILURE);
    assertThat(List.of(node.err(), run.err()))
        .allMatch(said -> said.contains("nobody at " + nowhere + " let this node in within 1 s"));
  }

  @Test
  void shouldExitWithTwoWhenAWireWithoutLatencyWouldBeCut() throws IOException {
    Path scenario =
        Files.writeString(
            out.resolve("cut.conf"),
            LONG + "\nwires.pcie.latency.min = 0ns\ntune { iommu0.pin = 0, nic0.pin = 1 }\n");
    Typed typed = run("run", scenario.toString(), "--local-nodes", "2", "--quiet");

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.err())
        .contains("no lookahead")
        .containsPattern("cut\\.conf:\\d+: tune\\.(iommu0|nic0)\\.pin: ");
  }

  @Test
  void shouldComeToTheSameWhenAClusterWaits() throws IOException, InterruptedException {
    Process node = node("--port", "0");
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
      node.destroy();
      rest.join();
    } finally {
      node.destroyForcibly().waitFor();
    }
  }
}
