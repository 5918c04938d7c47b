package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RefusalTest {
  private static final Patience SHORT = new Patience(4, 2, 5);

  @TempDir private Path folder;

  private static NodeSettings at(String host, int port, Optional<TlsFiles> tls) {
    return new NodeSettings(host, port, Optional.empty(), 0, tls, false, SHORT);
  }

  private static Coordinator coordinator(NodeSettings settings, int nodes) {
    return new Coordinator(settings, Nodes.CODE, nodes, line -> {});
  }

  private static void refusedAsUsage(ThrowingCallable action, String... words) {
    assertThatExceptionOfType(ClusterProblem.class).isThrownBy(action)
        .withMessageContainingAll(words)
        .matches(ClusterProblem::isUsage);
  }

  @Test
  void shouldSayWhichPortWhenItIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();

      refusedAsUsage(
          () -> coordinator(at("127.0.0.1", port, Optional.empty()), 2).close(),
          "cannot listen on 127.0.0.1:" + port);
      refusedAsUsage(
          () -> coordinator(withFramesAt(port), 2).close(),
          "cannot take frames at 127.0.0.1:" + port + ": ");
    }
    refusedAsUsage(() -> coordinator(withFramesAt(65_536), 2).close(), "65535", "65536");
  }

  private static NodeSettings withFramesAt(int framesPort) {
    return new NodeSettings(
        "127.0.0.1", 0, Optional.empty(), framesPort, Optional.empty(), false, SHORT);
  }

  @Test
  void shouldRefusePlainTcpWhenItWouldLeaveTheMachine() {
    refusedAsUsage(
        () -> coordinator(at("192.0.2.1", 0, Optional.empty()), 2).close(), "--tls", "--insecure");
    refusedAsUsage(
        () -> new Worker(
            at("127.0.0.1", 0, Optional.empty()), Nodes.CODE, "192.0.2.1", 1, line -> {},
            Worker.Trades.NONE).close(), "192.0.2.1", "--tls");
    refusedAsUsage(
        () -> coordinator(at("no.such.host.invalid", 0, Optional.empty()), 2).close(),
        "no host");
  }

  /** Under Kubernetes, say, a coordinator's name comes up with it, after the workers. */
  @Test
  void shouldWaitForAHostAndSayWhenItsNameNeverComes() {
    String name = "no.such.host.invalid";
    NodeSettings open =
        new NodeSettings(
            "127.0.0.1", 0, Optional.empty(), 0, Optional.empty(), true,
            new Patience(2, 4, 600));
    try (Worker worker =
        new Worker(open, Nodes.CODE, name, 25_520, line -> {}, Worker.Trades.NONE)) {
      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(worker::serve)
          .withMessage(
              "nobody at " + name + ":25520 let this node in within 2 s; there is no host '" + name
                  + "'")
          .matches(problem -> !problem.isUsage());
    }
  }

  @Test
  void shouldSayHowManyCameWhenThereAreTooFew() {
    try (Coordinator lonely = coordinator(at("127.0.0.1", 0, Optional.empty()), 3)) {
      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(() -> lonely.form(() -> {}))
          .withMessageContaining("only 1 of 3 nodes within 4 s")
          .withMessageContaining("--join 127.0.0.1:" + lonely.port())
          .matches(problem -> !problem.isUsage());
    }
  }

  @Test
  void shouldSayWhomItCouldNotReachWhenThereIsNoCoordinator() {
    int port = 9; // one that a node is never given by the system
    try (Worker worker =
        new Worker(
            at("127.0.0.1", 0, Optional.empty()), Nodes.CODE, "127.0.0.1", port, line -> {},
            Worker.Trades.NONE)) {
      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(worker::serve)
          .withMessageContaining("127.0.0.1:" + port)
          .matches(problem -> !problem.isUsage());
    }
  }

  @Test
  void shouldNameBothProgramsWhenANodeRunsAnother() {
    CodeIdentity other = new CodeIdentity("9.9", "feedfeedfeedfeed");
    NodeSettings settings = Nodes.settings();
    try (Coordinator coordinator = coordinator(settings, 2);
        Worker worker =
            new Worker(
                settings, other, "127.0.0.1", coordinator.port(), line -> {}, Worker.Trades.NONE)) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(worker::serve, task -> new Thread(task).start());

      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(() -> coordinator.form(() -> {}))
          .withMessageContainingAll(worker.label(), other.toString(), Nodes.CODE.toString());
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> served.orTimeout(20, TimeUnit.SECONDS).join())
          .withMessageContaining("refused this node");
    }
  }

  @Test
  void shouldJoinNobodyElseWhenItIsToldLater() {
    try (Worker worker =
        new Worker(Nodes.settings(), Nodes.CODE, line -> {}, Worker.Trades.NONE)) {
      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(() -> worker.join("192.0.2.7", 25_520))
          .withMessageContaining("192.0.2.7 is not this machine");
    }
  }

  @Test
  void shouldReadAMachineWhenItRehearses() {
    assertThatCode(ScenarioTask::rehearse).doesNotThrowAnyException();
  }

  @Test
  void shouldKnowItsOwnCodeWhenAskedTwice() {
    assertThat(CodeIdentity.own("1")).isEqualTo(CodeIdentity.own("1"));
    assertThat(CodeIdentity.own("1").code()).matches("[0-9a-f]{16}");
  }

  @Test
  void shouldLetNobodyInWhenACertificateIsAnotherOnes() throws Exception {
    NodeSettings ours = at("127.0.0.1", 0, Optional.of(valid("ours")));
    NodeSettings theirs = at("127.0.0.1", 0, Optional.of(valid("theirs")));
    try (Coordinator coordinator = coordinator(ours, 2);
        Worker worker =
            new Worker(
                theirs, Nodes.CODE, "127.0.0.1", coordinator.port(), line -> {},
                Worker.Trades.NONE)) {
      assertThatExceptionOfType(ClusterProblem.class).isThrownBy(worker::serve);
      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(() -> coordinator.form(() -> {}))
          .withMessageContaining("only 1 of 2");
    }
  }

  @Test
  void shouldNameTheFileWhenACertificateIsMissingExpiredOrForeign() throws Exception {
    TlsFiles good = valid("good");
    TlsFiles expired = Certificates.in(folder, "expired", "-10d", 2);
    TlsFiles empty = new TlsFiles(Files.createDirectory(folder.resolve("empty")));
    good.check();

    refusedAsUsage(empty::check, "tls.crt", "cannot be read");
    refusedAsUsage(expired::check, "tls.crt", "expired");
    Files.copy(expired.key(), replaced(good.key()));
    refusedAsUsage(good::check, "tls.key", "does not belong to");
    Files.writeString(replaced(good.key()), "no key");
    refusedAsUsage(good::check, "tls.key", "PKCS #8");
    Files.writeString(replaced(good.authority()), "no certificate");
    refusedAsUsage(good::check, "ca.crt", "X.509");
    Files.copy(valid("other").certificate(), replaced(good.authority()));
    refusedAsUsage(good::check, "tls.crt", "not signed by");
  }

  private TlsFiles valid(String name) throws Exception {
    return Certificates.in(folder, name, "-10d", 400);
  }

  private static Path replaced(Path file) throws IOException {
    Files.delete(file);
    return file;
  }
}
