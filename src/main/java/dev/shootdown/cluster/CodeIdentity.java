package dev.shootdown.cluster;

import dev.shootdown.engine.Mix;
import dev.shootdown.engine.Simulation;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Which program a node runs. Two that differ number their messages differently, so they must not
 * meet.
 *
 * @param version as people say it
 * @param code a digest of all classes and resources of ours, 16 hex digits
 */
public record CodeIdentity(String version, String code) {
  /** This program, which calls itself {@code version}. */
  public static CodeIdentity own(String version) {
    long digest = 0;
    for (Map.Entry<String, Long> file : files().entrySet()) {
      digest = Mix.fold(Mix.text(digest, file.getKey()), file.getValue());
    }
    return new CodeIdentity(version, HexFormat.of().toHexDigits(digest));
  }

  /** Checksums of our own classes and configuration files, by name. */
  static Map<String, Long> files() {
    try {
      return files(
          Path.of(Simulation.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (IOException | URISyntaxException unreadable) {
      throw ClusterProblem.usage("cannot read our own classes: " + unreadable, unreadable);
    }
  }

  /** Checksums of what is executed or read, by name; not of the archive, which has dates in it. */
  private static Map<String, Long> files(Path home) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    if (Files.isDirectory(home)) {
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = home.relativize(file).toString().replace('\\', '/');
          if (isOurs(name)) {
            CRC32 sum = new CRC32();
            sum.update(Files.readAllBytes(file));
            sums.put(name, sum.getValue());
          }
        }
      }
      return sums;
    }
    try (JarFile jar = new JarFile(home.toFile())) {
      for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        if (isOurs(entry.getName())) {
          sums.put(entry.getName(), entry.getCrc());
        }
      }
    }
    return sums;
  }

  private static boolean isOurs(String name) {
    return name.startsWith("dev/shootdown/") || name.endsWith(".conf");
  }

  @Override
  public String toString() {
    return version + " (code " + code + ")";
  }
}
