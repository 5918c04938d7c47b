package dev.shootdown.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A node's certificate, its key, and who signs certificates: the three files of a Kubernetes secret
 * of type {@code kubernetes.io/tls}, in PEM. Artery would notice a missing one at the first
 * connection only, so they are opened here, before anything starts.
 *
 * @param directory holds {@code tls.crt}, {@code tls.key} and {@code ca.crt}
 */
public record TlsFiles(Path directory) {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";

  Path certificate() {
    return directory.resolve("tls.crt");
  }

  Path key() {
    return directory.resolve("tls.key");
  }

  Path authority() {
    return directory.resolve("ca.crt");
  }

  /**
   * Opens all three and lets them prove each other.
   *
   * @throws ClusterProblem naming the file and what is wrong with it
   */
  public void check() {
    X509Certificate own = certificate(certificate());
    X509Certificate signer = certificate(authority());
    try {
      own.verify(signer.getPublicKey());
    } catch (GeneralSecurityException other) {
      throw bad(certificate(), "is not signed by " + authority(), other);
    }
    checkPair(own, readKey(own.getPublicKey().getAlgorithm()));
  }

  /** What connections are made from. */
  SSLContext context() {
    try {
      X509Certificate own = certificate(certificate());
      char[] none = new char[0];
      KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
      keys.load(null, none);
      Certificate[] chain = {own};
      keys.setKeyEntry("node", readKey(own.getPublicKey().getAlgorithm()), none, chain);
      KeyManagerFactory ours =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      ours.init(keys, none);
      KeyStore signers = KeyStore.getInstance(KeyStore.getDefaultType());
      signers.load(null, none);
      signers.setCertificateEntry("authority", certificate(authority()));
      TrustManagerFactory theirs =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      theirs.init(signers);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException other) {
      throw bad(directory, "has files that TLS cannot use: " + other.getMessage(), other);
    }
  }

  private static X509Certificate certificate(Path file) {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(read(file)));
      certificate.checkValidity();
      return certificate;
    } catch (CertificateExpiredException expired) {
      throw bad(file, "is expired: " + expired.getMessage(), expired);
    } catch (CertificateNotYetValidException early) {
      throw bad(file, "is not valid yet: " + early.getMessage(), early);
    } catch (GeneralSecurityException other) {
      throw bad(file, "is no X.509 certificate in PEM", other);
    }
  }

  private PrivateKey readKey(String algorithm) {
    String text = new String(read(key()), StandardCharsets.US_ASCII).strip();
    int from = text.indexOf(KEY_BEGIN);
    int to = text.indexOf(KEY_END);
    if (from < 0 || to < from) {
      throw bad(key(), "is no unencrypted private key in PKCS #8 PEM", null);
    }
    try {
      String body = text.substring(from + KEY_BEGIN.length(), to).replaceAll("\\s", "");
      byte[] bytes = Base64.getDecoder().decode(body);
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    } catch (IllegalArgumentException | GeneralSecurityException other) {
      throw bad(key(), "is no " + algorithm + " key like the one in " + certificate(), other);
    }
  }

  private void checkPair(X509Certificate own, PrivateKey key) {
    try {
      String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA"
          : key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : key.getAlgorithm();
      byte[] challenge = own.getEncoded();
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(challenge);
      byte[] signature = signing.sign();
      signing.initVerify(own.getPublicKey());
      signing.update(challenge);
      if (!signing.verify(signature)) {
        throw bad(key(), "does not belong to " + certificate(), null);
      }
    } catch (GeneralSecurityException other) {
      throw bad(key(), "does not belong to " + certificate(), other);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException missing) {
      throw bad(file, "cannot be read", missing);
    }
  }

  private static ClusterProblem bad(Path file, String what, Exception cause) {
    return ClusterProblem.usage(file + " " + what, cause);
  }
}
