package house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java file as text.
 *
 * @param path relative to the project's directory
 * @param text as it is on disk
 */
record JavaText(Path path, String text) {
  static final Path MAIN = Path.of("src", "main", "java");
  static final Path TEST = Path.of("src", "test", "java");

  /** What hides code-like words: comments, text blocks, strings and characters. */
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "/\\*.*?\\*/"
              + "|//[^\\n]*"
              + "|\"\"\"(?:[^\"\\\\]|\\\\.|\"(?!\"\"))*+\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\\n])*+\""
              + "|'(?:\\\\.|[^'\\\\\\n])*+'",
          Pattern.DOTALL);

  private static final Pattern NOT_NEWLINE = Pattern.compile("[^\\n]");

  /** All Java files below {@code root}, in the order of their paths. */
  static List<JavaText> below(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .sorted()
          .map(JavaText::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JavaText read(Path file) {
    try {
      return new JavaText(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text with comments and literals blanked; lines keep their numbers and columns. */
  String code() {
    return NOT_CODE
        .matcher(text)
        .replaceAll(found -> NOT_NEWLINE.matcher(found.group()).replaceAll(" "));
  }

  /** The room that the file lies in, such as {@code kernel.mm}. */
  String room() {
    Path base = MAIN.resolve(Path.of("dev", "shootdown"));
    return base.relativize(path.getParent()).toString().replace('\\', '/').replace('/', '.');
  }

  /** The name of the file without its extension. */
  String simpleName() {
    String file = path.getFileName().toString();
    return file.substring(0, file.length() - ".java".length());
  }
}
