package dev.shootdown.scenario;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.shootdown.config.Problems;
import dev.shootdown.config.TextLines;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The file of accesses that a scenario names. As an include does, it becomes part of the effective
 * configuration when that is loaded: {@code accesses = "nic.csv"} turns into an object with the
 * file's name, the digest of its text, and the text, packed. So whatever is given that
 * configuration has the accesses too, another node or a result directory, and a changed file is
 * another configuration. Line ends, a byte-order mark and how the file was packed don't matter.
 */
final class AccessFile {
  /** The key at the root. */
  static final String KEY = "accesses";

  /** For people; it changes no result. */
  static final String NAME = "file";
  /** Stands for the text in a configuration's hash. */
  static final String DIGEST = "sha256";
  /** The text itself, in zstd and base 64. */
  static final String CONTENT = "content";

  private static final String WANTED_LINES =
      "lines of time,part,op,addr,len are read, plain, gzip or zstd";

  private static final TextLines.Wanted WANTED =
      new TextLines.Wanted("file of accesses", WANTED_LINES, WANTED_LINES);
  private static final long TEXT_MOST_BYTES = 128L << 20;
  private static final String EXAMPLE = "\"accesses/nic.csv\"";

  private AccessFile() {}

  /** {@code config} with the text of the file that it names, if it names one that isn't in yet. */
  static ConfigObject taken(ConfigObject config, Problems problems) {
    ConfigValue named = config.get(KEY);
    boolean isIn = named instanceof ConfigObject object && object.containsKey(CONTENT);
    if (named == null || named.valueType() == ConfigValueType.NULL || isIn) {
      return config;
    }
    if (named.valueType() != ConfigValueType.STRING) {
      problems.add(named.origin(), KEY, "must be the name of a file, such as " + EXAMPLE);
      return config.withoutKey(KEY);
    }
    return file(named, problems)
        .flatMap(file -> read(file, named, problems))
        .map(object -> config.withValue(KEY, object))
        .orElseGet(() -> config.withoutKey(KEY));
  }

  private static Optional<Path> file(ConfigValue named, Problems problems) {
    String name = (String) named.unwrapped();
    try {
      Optional<Path> file = problems.fileNamed(named.origin(), name);
      if (file.isEmpty()) {
        problems.add(
            named.origin(), KEY,
            "names a file, and there is no directory to look for it in; name it in a scenario's"
                + " file");
      }
      return file;
    } catch (InvalidPathException nameless) {
      problems.add(named.origin(), KEY, "is not a file's name; write one such as " + EXAMPLE);
      return Optional.empty();
    }
  }

  private static Optional<ConfigValue> read(Path file, ConfigValue named, Problems problems) {
    String shown = problems.shown(file);
    boolean special = Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    if (special) {
      problems.add(named.origin(), KEY, shown + ": this is no regular file; " + WANTED_LINES);
      return Optional.empty();
    }
    MessageDigest digest = sha256();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (TextLines lines = TextLines.open(file, WANTED)) {
      try (OutputStream out = new DigestOutputStream(
          new ZstdOutputStreamNoFinalizer(packed), digest)) {
        copy(lines, out);
      }
    } catch (TextLines.Unreadable bad) {
      complain(bad, shown, named, problems);
      return Optional.empty();
    } catch (TooLong tooLong) {
      problems.addAt(
          shown, "",
          "has more than " + (TEXT_MOST_BYTES >> 20) + " MiB of text; take a part of it");
      return Optional.empty();
    } catch (IOException inMemory) {
      throw new UncheckedIOException(inMemory);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(NAME, shown);
    object.put(DIGEST, HexFormat.of().formatHex(digest.digest()));
    object.put(CONTENT, Base64.getEncoder().encodeToString(packed.toByteArray()));
    object.replaceAll(
        (key, value) -> ConfigValueFactory.fromAnyRef(value).withOrigin(named.origin()));
    return Optional.of(ConfigValueFactory.fromMap(object).withOrigin(named.origin()));
  }

  /** A line's trouble is told at the line, the file's at the key that names it. */
  private static void complain(
      TextLines.Unreadable bad, String shown, ConfigValue named, Problems problems) {
    if (bad.line() > 0) {
      problems.addAt(shown + ":" + bad.line(), "", bad.getMessage());
    } else {
      problems.add(named.origin(), KEY, shown + ": " + bad.getMessage());
    }
  }

  private static void copy(TextLines lines, OutputStream out) throws IOException, TooLong {
    long bytes = 0;
    for (String line = lines.next(); line != null; line = lines.next()) {
      boolean marked = lines.lineNumber() == 1 && line.startsWith("\uFEFF");
      String unmarked = marked ? line.substring(1) : line;
      byte[] text = unmarked.replace('\r', ' ').getBytes(StandardCharsets.UTF_8);
      bytes += text.length + 1;
      if (bytes > TEXT_MOST_BYTES) {
        throw new TooLong();
      }
      out.write(text);
      out.write('\n');
    }
  }

  /** How long the packed text in {@code config} is, in characters; 0 if there is none. */
  static long length(ConfigObject config) {
    boolean isText =
        config.get(KEY) instanceof ConfigObject object && object.containsKey(CONTENT)
            && object.get(CONTENT).valueType() == ConfigValueType.STRING;
    return isText ? config.toConfig().getString(KEY + "." + CONTENT).length() : 0;
  }

  /**
   * Hands the lines of a packed text to {@code taker}.
   *
   * @param digest what the text's digest must be
   * @throws IllegalArgumentException if it isn't such a text
   */
  static void lines(String content, String digest, Consumer<String> taker) {
    MessageDigest own = sha256();
    byte[] packed = Base64.getDecoder().decode(content);
    try (BufferedReader in = new BufferedReader(new InputStreamReader(
        new DigestInputStream(
            new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packed)), own),
        StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        taker.accept(line);
      }
    } catch (IOException damaged) {
      throw new IllegalArgumentException("it can't be unpacked", damaged);
    }
    if (!HexFormat.of().formatHex(own.digest()).equals(digest)) {
      throw new IllegalArgumentException("it isn't the text of that digest");
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  private static final class TooLong extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
