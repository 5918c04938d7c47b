package dev.shootdown.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Makes connections what {@link FrameLines} want: unbuffered, and with mutual TLS 1.3 where nodes
 * have certificates. The plain socket below stays the caller's; closing that ends everything, even
 * a write that hangs.
 *
 * @param tls empty for plain TCP
 */
record LineSockets(Optional<SSLContext> tls) {
  /** Connects {@code plain} to who listens; the result is what to speak through. */
  Socket connected(Socket plain, Speech.Listens to) throws IOException {
    plain.setTcpNoDelay(true);
    plain.setSoTimeout(FrameLines.GREETING_MS);
    plain.connect(new InetSocketAddress(to.host(), to.port()), FrameLines.GREETING_MS);
    if (tls.isEmpty()) {
      return plain;
    }
    SSLSocket coded =
        (SSLSocket)
            tls.get().getSocketFactory().createSocket(plain, to.host(), to.port(), true);
    coded.setEnabledProtocols(TlsEngines.PROTOCOLS);
    coded.startHandshake();
    return coded;
  }

  /** What to speak through with who has connected to {@code plain}. */
  Socket accepted(Socket plain) throws IOException {
    plain.setTcpNoDelay(true);
    if (tls.isEmpty()) {
      return plain;
    }
    SSLSocket coded =
        (SSLSocket) tls.get().getSocketFactory().createSocket(plain, null, true);
    coded.setUseClientMode(false);
    coded.setEnabledProtocols(TlsEngines.PROTOCOLS);
    coded.setNeedClientAuth(true);
    coded.startHandshake();
    return coded;
  }
}
