package dev.shootdown.cluster;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import scala.Option;

/**
 * Mutual TLS 1.3, and no other. Pekko's own reader of PEM files takes RSA keys only.
 *
 * <p>Whoever has a certificate of the one authority is one of us; names in it are not compared, so
 * that authority should sign for nothing else.
 */
final class TlsEngines implements SSLEngineProvider {
  static final String[] PROTOCOLS = {"TLSv1.3"};

  private final SSLContext context;

  TlsEngines(SSLContext context) {
    this.context = context;
  }

  private SSLEngine engine(String host, int port, boolean client) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(client);
    engine.setEnabledProtocols(PROTOCOLS);
    if (!client) {
      engine.setNeedClientAuth(true);
    }
    return engine;
  }

  @Override
  public SSLEngine createServerSSLEngine(String hostname, int port) {
    return engine(hostname, port, false);
  }

  @Override
  public SSLEngine createClientSSLEngine(String hostname, int port) {
    return engine(hostname, port, true);
  }

  @Override
  public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
    return Option.empty();
  }

  @Override
  public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
    return Option.empty();
  }
}
