package house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a file may look like. */
class ShapeTest {
  private static final int COLUMNS_MAX = 100;
  private static final long FILE_BYTES_MAX = 200 * 1024;
  private static final List<Path> DATA = List.of(Path.of("scenarios", "traces"));
  private static final List<Path> NOT_OURS =
      List.of(Path.of(".git"), Path.of("target"), Path.of("results"));

  /** A call of AssertJ, JUnit or ArchUnit. */
  private static final Pattern ASSERTION = Pattern.compile("\\b(assert\\w+|fail|check)\\s*\\(");
  private static final Pattern SUPERTYPE = Pattern.compile("\\bextends\\s+(\\w+)");

  @Test
  void shouldFitTheColumnsWhenALineIsCode() {
    List<String> broken = new ArrayList<>();
    Stream.of(JavaText.MAIN, JavaText.TEST)
        .flatMap(root -> JavaText.below(root).stream())
        .forEach(file -> broken.addAll(tooLong(file)));

    assertThat(broken).as("lines over %d columns", COLUMNS_MAX).isEmpty();
  }

  private static List<String> tooLong(JavaText file) {
    List<String> broken = new ArrayList<>();
    int number = 0;
    for (String line : file.text().split("\n")) {
      number++;
      int columns = line.codePointCount(0, line.length());
      if (columns > COLUMNS_MAX) {
        broken.add(file.path() + ":" + number + ": " + columns);
      }
    }
    return broken;
  }

  @Test
  void shouldCountColumnsWhenALineIsTooLong() {
    String text = "x".repeat(100) + "\n" + "≥".repeat(100) + "\n" + "x".repeat(101) + "\n";

    assertThat(tooLong(new JavaText(Path.of("A.java"), text))).containsExactly("A.java:3: 101");
  }

  @Test
  void shouldBeSmallWhenAFileIsNotDeclaredData() throws IOException {
    List<String> broken = new ArrayList<>();
    Files.walkFileTree(
        Path.of(""),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean skipped = NOT_OURS.contains(folder) || DATA.contains(folder);
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.size() > FILE_BYTES_MAX) {
              broken.add(file + ": " + attributes.size() + " bytes");
            }
            return FileVisitResult.CONTINUE;
          }
        });

    assertThat(broken).as("files over %d bytes", FILE_BYTES_MAX).isEmpty();
  }

  @Test
  void shouldAssertSomethingWhenAClassIsATest() {
    List<JavaText> files = JavaText.below(JavaText.TEST);
    Map<String, JavaText> byName = new TreeMap<>();
    files.forEach(file -> byName.put(file.simpleName(), file));
    List<Path> broken = new ArrayList<>();
    for (JavaText file : files) {
      if (isTest(file.simpleName()) && !asserts(file, byName)) {
        broken.add(file.path());
      }
    }

    assertThat(files).hasSizeGreaterThan(20);
    assertThat(broken).as("tests that cannot fail").isEmpty();
  }

  /** As Surefire finds them. */
  private static boolean isTest(String name) {
    return name.endsWith("Test");
  }

  /** Whether the class asserts, itself or in the contract that it extends. */
  private static boolean asserts(JavaText file, Map<String, JavaText> byName) {
    String code = file.code();
    if (ASSERTION.matcher(code).find()) {
      return true;
    }
    Matcher supertype = SUPERTYPE.matcher(code);
    JavaText contract = supertype.find() ? byName.get(supertype.group(1)) : null;
    return contract != null && asserts(contract, byName);
  }

  @Test
  void shouldNoticeATestThatCannotFail() {
    JavaText contract = new JavaText(Path.of("Contract.java"), "class Contract { assertThat(1); }");
    JavaText page = new JavaText(Path.of("PageTest.java"), "class PageTest extends Contract {}");
    JavaText empty = new JavaText(Path.of("EmptyTest.java"), "class EmptyTest { /* assertX() */ }");
    Map<String, JavaText> byName = new TreeMap<>(Map.of("Contract", contract));

    assertThat(asserts(page, byName)).isTrue();
    assertThat(asserts(empty, byName)).isFalse();
  }
}
