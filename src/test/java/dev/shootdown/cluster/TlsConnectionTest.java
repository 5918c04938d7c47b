package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node's port says to those who come with TLS, but not as nodes do. */
@Timeout(120)
class TlsConnectionTest {
  private static final int SILENCE_MS = 30_000;

  @TempDir private Path folder;

  private Coordinator coordinator(TlsFiles files) {
    NodeSettings settings =
        new NodeSettings(
            "127.0.0.1", 0, Optional.empty(), 0, Optional.of(files), false,
            new Patience(4, 4, 600));
    return new Coordinator(settings, Nodes.CODE, 2, line -> {});
  }

  private static SSLSocket connected(SSLContext context, int port, String protocol)
      throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(SILENCE_MS);
    socket.setEnabledProtocols(new String[] {protocol});
    return socket;
  }

  @Test
  void shouldSpeakNothingOlderThanTls13WhenTheCertificateIsGood() throws Exception {
    TlsFiles files = Certificates.in(folder, "node", "-10d", 400);
    try (Coordinator coordinator = coordinator(files)) {
      try (SSLSocket now = connected(files.context(), coordinator.port(), "TLSv1.3")) {
        now.startHandshake();
        assertThat(now.getSession().getProtocol()).isEqualTo("TLSv1.3");
      }
      try (SSLSocket old = connected(files.context(), coordinator.port(), "TLSv1.2")) {
        assertThatExceptionOfType(SSLException.class)
            .isThrownBy(old::startHandshake)
            .withMessageContaining("protocol_version");
      }
    }
  }

  @Test
  void shouldHangUpWhenThereIsNoCertificate() throws Exception {
    TlsFiles files = Certificates.in(folder, "node", "-10d", 400);
    KeyStore signers = KeyStore.getInstance(KeyStore.getDefaultType());
    signers.load(null, new char[0]);
    try (InputStream in = Files.newInputStream(files.authority())) {
      signers.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(signers);
    SSLContext anonymous = SSLContext.getInstance("TLSv1.3");
    anonymous.init(null, trust.getTrustManagers(), null);
    try (Coordinator coordinator = coordinator(files);
        SSLSocket stranger = connected(anonymous, coordinator.port(), "TLSv1.3")) {
      // In TLS 1.3 a client hears only after its handshake that it should have had one.
      assertThatExceptionOfType(SSLException.class)
          .isThrownBy(
              () -> {
                stranger.startHandshake();
                stranger.getInputStream().read();
              })
          .withMessageContaining("certificate");
    }
  }
}
