package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** Self-signed certificates of the JDK's own making. */
public final class Certificates {
  private Certificates() {}

  /**
   * Three files in a new folder {@code name} of {@code folder}.
   *
   * @param from when it becomes valid, as keytool says it: {@code -10d} is ten days ago
   */
  public static TlsFiles in(Path folder, String name, String from, int days)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair", "-alias", "node", "-keyalg", "EC", "-groupname", "secp256r1",
            "-dname", "CN=" + name, "-ext", "san=dns:shootdown,ip:127.0.0.1", "-ext",
            "bc=ca:true", "-startdate", from, "-validity", Integer.toString(days), "-storetype",
            "PKCS12", "-keystore", store.toString(), "-storepass", "changeit")
            .redirectErrorStream(true)
            .start();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    keytool.getInputStream().transferTo(said);
    assertThat(keytool.waitFor()).as(said.toString()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    TlsFiles files = new TlsFiles(Files.createDirectory(folder.resolve(name)));
    Files.writeString(
        files.key(),
        text("PRIVATE KEY", keys.getKey("node", "changeit".toCharArray()).getEncoded()));
    String certificate = text("CERTIFICATE", keys.getCertificate("node").getEncoded());
    Files.writeString(files.certificate(), certificate);
    Files.writeString(files.authority(), certificate);
    return files;
  }

  private static String text(String kind, byte[] bytes) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
  }
}
