package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.cluster.Certificates;
import dev.shootdown.cluster.TlsFiles;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps nodes from coming together is found before time starts, and said in one line. */
@Timeout(600)
class ClusterRefusalTest {
  private static final int CLUSTER_FAILURE = 20;

  @TempDir private Path out;

  private Typed run(String... args) {
    return Typed.inProject(
        Stream.concat(Stream.of(args), Stream.of("--out", results().toString()))
            .toArray(String[]::new));
  }

  private Path results() {
    return out.resolve("results");
  }

  /** One line says why, and nothing is written. */
  private void refused(Typed typed, int exitCode, String... words) {
    assertThat(typed.err()).contains(words).hasLineCount(1);
    assertThat(typed.exitCode()).isEqualTo(exitCode);
    assertThat(typed.out()).isEmpty();
    shouldHaveWrittenNothing();
  }

  private void shouldHaveWrittenNothing() {
    if (Files.exists(results())) {
      assertThat(results()).as("only made sure that it can be written to").isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @CsvSource({"'', 0, ''", "nowhere, 2, --join takes HOST:PORT"})
  void shouldDoAsToldWhenTheAddressComesLate(String line, int exitCode, String words)
      throws IOException, InterruptedException {
    Process node = Programs.node("--join", "-");
    try (OutputStream in = node.getOutputStream()) {
      in.write(line.getBytes(StandardCharsets.UTF_8));
    }
    String said = Programs.said(node);

    assertThat(node.waitFor()).as(said).isEqualTo(exitCode);
    assertThat(said).contains(words).doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node --join nowhere | HOST:PORT",
        "node --join 192.0.2.7:25520 | --tls",
        "node --jobs 0 | --jobs must be at least 1",
        "run scenarios/01-unmap-one-page.conf --checkpoint 0ms | leaves no time between",
        "run --resume no-such-results | there is no checkpoint in it",
        "run scenarios/no-such.conf --local-nodes 2 | no-such.conf",
        "run scenarios/01-unmap-one-page.conf --nodes 0 | 1 to 1024 nodes",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --local-nodes 2 | exclude each other",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --cluster h:1 | exclude each other",
        "run scenarios/01-unmap-one-page.conf --cluster here | --cluster takes HOST:PORT",
        "run scenarios/01-unmap-one-page.conf --cluster 192.0.2.7:25520 | --tls",
        "sweep scenarios/01-unmap-one-page.conf --axis kernel.era=B,C --nodes 0 | 1 to 1024 nodes",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --port 70000 | 65535",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --tls no-such-directory | tls.crt",
        "run scenarios/01-unmap-one-page.conf --local-nodes 2 --tls no-such-directory | tls.crt",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --give-up 0 | at least 1 s",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --bind here | --bind takes HOST:PORT",
        "node --join 127.0.0.1:99999 | --join takes HOST:PORT",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --bind 127.0.0.1:0 | takes HOST:PORT",
        "node --join 127.0.0.1:9 --bind 127.0.0.1:9000 | say at which port others reach that",
        "run scenarios/01-unmap-one-page.conf --nodes 2 --bind 0.0.0.0:9000 | --insecure",
        "run scenarios/01-unmap-one-page.conf --local-nodes 2 --bind 127.0.0.1:9 | starts several",
        "node --bind 127.0.0.1:9 | a worker beside it"
      })
  void shouldExitWithTwoWhenArgumentsMakeNoCluster(String arguments, String words) {
    String[] split = arguments.strip().split(" ");
    Typed typed = split[0].equals("node") ? Typed.inProject(split) : run(split);

    refused(typed, 2, words.strip());
  }

  @Test
  void shouldExitWithTwoWhenAnAuditHasNoNodes() {
    Typed typed = run("audit", "--site", "C1", "--nodes", "0");

    assertThat(typed.err()).contains("1 to 1024 nodes").hasLineCount(1);
    assertThat(typed.exitCode()).isEqualTo(2);
  }

  @Test
  void shouldExitWithTwentyWhenNobodyComes() {
    Typed typed =
        run("run", "scenarios/01-unmap-one-page.conf", "--nodes", "2", "--port", "0",
            "--form-within", "4", "--quiet");

    refused(typed, CLUSTER_FAILURE, "only 1 of 2 nodes within 4 s");
  }

  @Test
  void shouldExitWithTwoWhenThePortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      Typed run =
          run("run", "scenarios/01-unmap-one-page.conf", "--nodes", "2", "--port", port,
              "--quiet");
      Typed node = Typed.inProject("node", "--port", port, "--quiet");

      refused(run, 2, "cannot listen on 127.0.0.1:" + port);
      refused(node, 2, "cannot listen on 127.0.0.1:" + port);
    }
  }

  @Test
  void shouldExitWithTwentyWhenNobodyIsThere() {
    String nowhere = "127.0.0.1:9"; // one that a node is never given by the system
    Typed node = Typed.inProject("node", "--join", nowhere, "--form-within", "1", "--quiet");
    Typed run =
        run("run", "scenarios/01-unmap-one-page.conf", "--cluster", nowhere, "--form-within", "1",
            "--quiet");

    refused(node, CLUSTER_FAILURE, "nobody at " + nowhere + " let this node in within 1 s");
    refused(run, CLUSTER_FAILURE, "nobody at " + nowhere + " let this node in within 1 s");
  }

  @Test
  void shouldExitWithTwoWhenAWireWithoutLatencyWouldBeCut() throws IOException {
    Path scenario =
        Files.writeString(
            out.resolve("cut.conf"),
            Programs.LONG
                + "\nwires.pcie.latency.min = 0ns\ntune { iommu0.pin = 0, nic0.pin = 1 }\n");
    Typed typed = run("run", scenario.toString(), "--local-nodes", "2", "--quiet");

    refused(typed, 2, "no lookahead");
    assertThat(typed.err()).containsPattern("cut\\.conf:\\d+: tune\\.(iommu0|nic0)\\.pin: ");
  }

  @Test
  void shouldExitWithTwoWhenACertificateIsExpired() throws Exception {
    TlsFiles old = Certificates.in(out, "old", "-10d", 2);
    for (String nodes : List.of("--nodes", "--local-nodes")) {
      Typed typed =
          run("run", "scenarios/01-unmap-one-page.conf", nodes, "2", "--port", "0", "--tls",
              old.directory().toString());

      refused(typed, 2, old.directory().resolve("tls.crt") + " is expired");
    }
    refused(
        Typed.inProject(
            "node", "--join", "127.0.0.1:9", "--tls", old.directory().toString()),
        2, "tls.crt is expired");
  }

  @Test
  void shouldNameBothProgramsWhenANodeWasBuiltFromOthers() throws Exception {
    Path changed = out.resolve("classes");
    copy(
        Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI()), changed);
    Files.writeString(
        changed.resolve("reference.conf"), "\n# changed\n", StandardOpenOption.APPEND);
    CompletableFuture<Process> stranger = new CompletableFuture<>();
    Watched run =
        Watched.run(
            line -> {
              if (line.startsWith("waiting for 1 of: ")) {
                stranger.complete(
                    Programs.program(
                        changed + File.pathSeparator + System.getProperty("java.class.path"),
                        List.of("node", "--join", line.substring(line.lastIndexOf(' ') + 1))));
              }
            },
            "run", "scenarios/01-unmap-one-page.conf", "--nodes", "2", "--port", "0",
            "--form-within", "200", "--out", results().toString());
    String said = Programs.said(stranger.join());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(CLUSTER_FAILURE);
    assertThat(run.err())
        .containsPattern("node 127[.]0[.]0[.]1:\\d+ refused: it runs .* \\(code \\w{16}\\), ")
        .hasLineCount(2);
    shouldHaveWrittenNothing();
    assertThat(stranger.join().waitFor()).as(said).isEqualTo(2);
    assertThat(said).contains("refused this node: it runs ").hasLineCount(1);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
