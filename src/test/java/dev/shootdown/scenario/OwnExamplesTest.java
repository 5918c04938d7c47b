package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder of {@code examples} is compiled, its tests are run, and its scenarios as well. */
class OwnExamplesTest {
  @TempDir Path folder;

  static List<Path> examples() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("examples"))) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<Path> files(Path example, String ending) throws IOException {
    try (Stream<Path> entries = Files.walk(example)) {
      return entries.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** The class path that this test came from, whoever started it. */
  private static String classPath() {
    List<String> places = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    if (OwnExamplesTest.class.getClassLoader() instanceof URLClassLoader loader) {
      for (URL url : loader.getURLs()) {
        places.add(Path.of(URI.create(url.toString())).toString());
      }
    }
    return String.join(File.pathSeparator, places);
  }

  private URLClassLoader compiled(Path example) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(
        "--release", "17", "-Xlint:all,-processing,-classfile,-path", "-Werror", "-parameters",
        "-cp", classPath(), "-d", folder.toString()));
    files(example, ".java").forEach(file -> arguments.add(file.toString()));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int exitCode = ToolProvider.getSystemJavaCompiler()
        .run(null, said, said, arguments.toArray(String[]::new));
    assertThat(exitCode).as(said.toString(StandardCharsets.UTF_8)).isZero();
    return new URLClassLoader(
        new URL[] {folder.toUri().toURL()}, OwnExamplesTest.class.getClassLoader());
  }

  private int runTests(ClassLoader loader) throws Exception {
    int passed = 0;
    for (Path file : files(folder, "Test.class")) {
      String path = folder.relativize(file).toString();
      String name = path.substring(0, path.length() - ".class".length())
          .replace(File.separatorChar, '.');
      passed += runTests(loader.loadClass(name));
    }
    return passed;
  }

  /** The tests of a class and of the contracts that it extends, each on an instance of its own. */
  private static int runTests(Class<?> test) throws Exception {
    Constructor<?> constructor = test.getDeclaredConstructor();
    constructor.setAccessible(true);
    int passed = 0;
    for (Class<?> type = test; type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          method.setAccessible(true);
          Object instance = constructor.newInstance();
          method.invoke(instance);
          endOf(instance);
          passed++;
        }
      }
    }
    return passed;
  }

  /** What its extensions have to say after a test. */
  private static void endOf(Object instance) throws Exception {
    for (Field field : instance.getClass().getDeclaredFields()) {
      if (field.isAnnotationPresent(RegisterExtension.class)) {
        field.setAccessible(true);
        ((AfterEachCallback) field.get(instance)).afterEach(null);
      }
    }
  }

  private String run(Path scenario, ClassLoader loader, int exitCode, String... more)
      throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      thread.setContextClassLoader(loader);
      List<String> arguments = new ArrayList<>(
          List.of("run", scenario.toString(), "--out", folder.resolve("results").toString()));
      arguments.addAll(List.of(more));
      int ended =
          Main.run(arguments.toArray(String[]::new), stream, stream, Path.of(""));
      assertThat(ended).as(said.toString(StandardCharsets.UTF_8)).isEqualTo(exitCode);
    } finally {
      thread.setContextClassLoader(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldPassItsTestsAndMeetItsExpectationsWhenBuilt(Path example) throws Exception {
    try (URLClassLoader loader = compiled(example)) {
      assertThat(runTests(loader)).as("tests of %s", example).isPositive();
      List<Path> scenarios = files(example, ".conf");
      assertThat(scenarios).isNotEmpty();
      for (Path scenario : scenarios) {
        run(scenario, loader, 0);
      }
    }
  }

  /** Code that the page shows is code that is run here. */
  @Test
  void shouldShowOnlyCodeOfTheExamplesWhenThePageTellsHowToTest() throws IOException {
    List<String> sources = new ArrayList<>();
    for (Path example : examples()) {
      for (Path file : files(example, ".java")) {
        sources.add(Files.readString(file));
      }
    }
    String page = Files.readString(Path.of("docs", "write-a-part.md"));
    List<String> shown =
        Pattern.compile("(?s)```java\n(.*?)```").matcher(page).results()
            .map(found -> found.group(1)).toList();

    assertThat(shown).isNotEmpty();
    assertThat(shown).allSatisfy(
        code -> assertThat(sources).anyMatch(source -> source.contains(code)));
  }

  @Test
  void shouldShowTheStaleUseWhenTheExampleForgetsItsPrefetches() throws IOException {
    Path example = Path.of("examples", "own-device");
    try (URLClassLoader loader = compiled(example)) {
      String said = run(example.resolve("own-device.conf"), loader, 0);

      assertThat(said).contains("stale-use").contains("clean").contains("mine");
    }
  }

  @Test
  void shouldKeepAMachineWhenAPartOfItIsSomebodysOwn() throws IOException {
    Path example = Path.of("examples", "own-device");
    try (URLClassLoader loader = compiled(example)) {
      run(example.resolve("own-device.conf"), loader, 0, "--checkpoint", "every 5 us");

      List<Path> kept = files(folder.resolve("results"), ".ckpt");
      assertThat(kept).as("two of each variant").hasSize(4);
    }
  }

  @Test
  void shouldRefuseTheScenarioWithItsPlaceWhenTheClassIsNotOnTheClassPath() throws IOException {
    Path scenario = Path.of("examples", "own-device", "own-device.conf");

    String said = run(scenario, OwnExamplesTest.class.getClassLoader(), 2);

    assertThat(said).contains("own-device.conf:").contains("there is no class")
        .contains("example.PrefetchingPart").contains("SHOOTDOWN_CLASSPATH");
  }
}
