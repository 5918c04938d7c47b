package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class FrameLinesTest {
  private static final String HOST = "127.0.0.1";
  private static final String DOOR = "pekko://shootdown@127.0.0.1:1/user";
  private static final String LABEL = "127.0.0.1:1";
  private static final int SILENCE_MS = 30_000;
  private static final int SEED = 77;

  private final BlockingQueue<Frame> arrived = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closedAtEnd(T one) {
    open.add(one);
    return one;
  }

  private FrameLines lines(Optional<SSLContext> tls) {
    return closedAtEnd(new FrameLines(HOST, 0, new LineSockets(tls), arrived::add));
  }

  private FrameLines plain() {
    return lines(Optional.empty());
  }

  private static Speech.Listens invitation(FrameLines of) {
    return (Speech.Listens) of.invitation(DOOR).orElseThrow();
  }

  private Socket stranger(Speech.Listens to) throws IOException {
    Socket socket = closedAtEnd(new Socket(to.host(), to.port()));
    socket.setSoTimeout(SILENCE_MS);
    return socket;
  }

  /** Sends it as soon as there is a line, which another thread opens. */
  private static void send(FrameLines from, Frame frame) {
    while (!from.send(LABEL, frame)) {
      Thread.onSpinWait();
    }
  }

  private Frame next() throws InterruptedException {
    Frame frame = arrived.poll(SILENCE_MS, TimeUnit.MILLISECONDS);
    assertThat(frame).as("something arrived").isNotNull();
    return frame;
  }

  private static Frame frame(long round, byte[] bytes) {
    return new Frame(9, round, 3, 4, 7, bytes);
  }

  private void shouldCarry(FrameLines from, FrameLines to) throws InterruptedException {
    Random draws = new Random(SEED);
    from.learn(invitation(to));
    for (int round = 0; round < 50; round++) {
      byte[] bytes = new byte[round == 25 ? Frame.PIECE_BYTES : draws.nextInt(20_000)];
      draws.nextBytes(bytes);
      send(from, frame(round, bytes));
      Frame got = next();
      assertThat(got.bytes).as("seed %d, round %d", SEED, round).isEqualTo(bytes);
      assertThat(List.of(got.run, got.round, (long) got.from, (long) got.piece, (long) got.pieces))
          .containsExactly(9L, (long) round, 3L, 4L, 7L);
    }
  }

  @Test
  void shouldCarryFramesWhenItWasInvited() throws Exception {
    FrameLines to = plain();
    FrameLines from = plain();
    assertThat(from.send(LABEL, frame(1, new byte[1]))).as("nobody has invited it").isFalse();

    shouldCarry(from, to);
  }

  @Test
  void shouldCarryFramesWhenNodesSpeakTls() throws Exception {
    Optional<SSLContext> tls =
        Optional.of(Certificates.in(folder, "node", "-10d", 400).context());

    shouldCarry(lines(tls), lines(tls));
  }

  /** Whoever knows the key and has no certificate, or one of another authority. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTakeNothingWhenTheCertificateIsMissingOrForeign(boolean foreign) throws Exception {
    FrameLines to = lines(Optional.of(Certificates.in(folder, "ours", "-10d", 400).context()));
    FrameLines from =
        foreign
            ? lines(Optional.of(Certificates.in(folder, "theirs", "-10d", 400).context()))
            : plain();
    Speech.Listens invitation = invitation(to);
    FrameLine line = new FrameLine(invitation, new LineSockets(tlsOf(foreign)));

    line.run();
    assertThat(line.isOver()).isTrue();
    assertThat(line.take(frame(1, new byte[1]))).isFalse();
    from.learn(invitation);
    assertThat(from.isOpen(LABEL)).isFalse();
    assertThat(arrived).isEmpty();
  }

  private Optional<SSLContext> tlsOf(boolean foreign) throws Exception {
    return foreign
        ? Optional.of(Certificates.in(folder, "others", "-10d", 400).context())
        : Optional.empty();
  }

  /** The key may be wrong, or what follows it. */
  @ParameterizedTest
  @CsvSource({
    "not at all, 0", "not at all, 16", "5348 4c31, 0", "5348 4c31, 15", "5348 4c31, -16",
    "5348 4c31, 16"
  })
  void shouldHangUpWhenAStrangerSpeaks(String magic, int keyBytes) throws Exception {
    FrameLines to = plain();
    Speech.Listens invitation = invitation(to);
    byte[] key = HexFormat.of().parseHex(invitation.key());
    Socket stranger = stranger(invitation);
    DataOutputStream out = new DataOutputStream(stranger.getOutputStream());
    if (magic.startsWith("5")) {
      out.writeInt(FrameLines.MAGIC);
    } else {
      out.writeBytes(magic);
    }
    key[0] ^= keyBytes < 0 ? 1 : 0;
    out.write(key, 0, Math.abs(keyBytes));
    // A length below zero, or the end in the middle.
    out.writeInt(-1);
    stranger.shutdownOutput();

    boolean knows = magic.startsWith("5") && keyBytes == FrameLines.KEY_BYTES;
    assertThat(stranger.getInputStream().readAllBytes())
        .hasSize(knows ? FrameLines.KEY_BYTES : 0);
    assertThat(arrived).isEmpty();
    shouldCarry(plain(), to);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, Frame.BYTES_MOST, Frame.BYTES_MOST + 1, Integer.MAX_VALUE})
  void shouldHangUpWhenAFrameIsNone(int length) throws Exception {
    FrameLines to = plain();
    Speech.Listens invitation = invitation(to);
    Socket stranger = stranger(invitation);
    DataOutputStream out = new DataOutputStream(stranger.getOutputStream());
    out.writeInt(FrameLines.MAGIC);
    out.write(HexFormat.of().parseHex(invitation.key()), 0, FrameLines.KEY_BYTES);
    out.writeInt(length);
    // What is too long is refused by its length; who goes on writing hears of it.
    byte[] noise = new byte[length > Frame.BYTES_MOST ? 0 : length];
    new Random(SEED).nextBytes(noise);
    out.write(noise);
    stranger.shutdownOutput();

    assertThat(stranger.getInputStream().readAllBytes()).hasSize(FrameLines.KEY_BYTES);
    assertThat(arrived).isEmpty();
  }

  @Test
  void shouldTakeNoMoreConnectionsWhenThereAreEnough() throws Exception {
    FrameLines to = plain();
    Speech.Listens invitation = invitation(to);
    for (int i = 0; i < FrameLines.MOST; i++) {
      stranger(invitation);
    }

    assertThat(stranger(invitation).getInputStream().read()).isEqualTo(-1);
  }

  /** Something else listens there: what is sent to it would be lost. */
  @Test
  void shouldNotOpenWhenTheAnswerIsWrong() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      Speech.Listens wrong =
          new Speech.Listens(DOOR, other.getLocalPort(), "0".repeat(4 * FrameLines.KEY_BYTES));
      FrameLine line = new FrameLine(wrong, new LineSockets(Optional.empty()));
      Thread connecting = new Thread(line::run);
      connecting.start();
      try (Socket socket = other.accept()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n".getBytes("US-ASCII"));
        connecting.join();
      }

      assertThat(line.isOver()).isTrue();
      assertThat(line.isOpen()).isFalse();
    }
  }

  @Test
  void shouldConnectAgainWhenItWasGivenUpAndIsInvited() throws Exception {
    FrameLines to = plain();
    FrameLines from = plain();
    shouldCarry(from, to);

    from.giveUp(LABEL);
    assertThat(from.send(LABEL, frame(1, new byte[1]))).isFalse();
    shouldCarry(from, to);
    from.cut();
    assertThat(from.isOpen(LABEL)).isFalse();
    shouldCarry(from, to);
  }

  @Test
  void shouldSendNothingWhenItIsClosed() throws Exception {
    FrameLines to = plain();
    FrameLines from = plain();
    shouldCarry(from, to);
    Speech.Listens invitation = invitation(to);

    from.close();
    assertThat(from.send(LABEL, frame(1, new byte[1]))).isFalse();
    from.learn(invitation);
    assertThat(from.isOpen(LABEL)).isFalse();
    assertThat(from.invitation(DOOR)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "pekko://shootdown@127.0.0.1:1/user, 0, 00", "pekko://shootdown@127.0.0.1:1/user, 65536, 00",
    "pekko://shootdown@127.0.0.1:1/user, 1, 0", "pekko://shootdown@127.0.0.1:1/user, 1, 0g",
    "http://127.0.0.1, 1, 00"
  })
  void shouldNotBelieveAnInvitationWhenItCannotBe(String door, int port, String digits) {
    String key = digits.repeat(2 * FrameLines.KEY_BYTES);

    assertThat(new Speech.Listens(door, port, key).isPossible()).isFalse();
    assertThat(new Speech.Listens(DOOR, 1, "00".repeat(2 * FrameLines.KEY_BYTES)).isPossible())
        .isTrue();
  }
}
