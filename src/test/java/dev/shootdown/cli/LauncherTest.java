package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher beside a JDK that only says what it was asked for. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherTest {
  @TempDir private Path home;

  @BeforeEach
  void copyTheLauncher() throws IOException {
    Files.copy(Typed.PROJECT.resolve("shootdown"), home.resolve("shootdown"));
    executable(home.resolve("shootdown"));
    Files.createDirectories(home.resolve("target"));
    Files.writeString(home.resolve("target/shootdown-9.9.jar"), "");
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(String name, String version) throws IOException {
    Path jdk = home.resolve(name);
    Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/usr/bin/env bash
        for word in "$@"; do
          case $word in
            -XX:ArchiveClassesAtExit=*) echo archive >"${word#*=}"; exit ;;
          esac
        done
        printf '%s\\n' "$@"
        exit 7
        """);
    executable(java);
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private Typed launch(Map<String, String> environment, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("shootdown").toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("JAVA_HOME");
    builder.environment().remove("SHOOTDOWN_JAVA_OPTS");
    builder.environment().putAll(environment);
    Path err = home.resolve("err.txt");
    Process launcher = builder.redirectError(err.toFile()).start();
    String out = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Typed(launcher.waitFor(), out, Files.readString(err));
  }

  @Test
  void shouldHandOverArgumentsAndExitCodeWhenAllIsThere() throws Exception {
    Path jdk = jdk("jdk", "17.0.1");
    Files.writeString(home.resolve("target/shootdown-9.9-testkit.jar"), "");

    Typed typed = launch(Map.of("JAVA_HOME", jdk.toString()), "run", "a b.conf", "--trace");

    assertThat(typed.exitCode()).isEqualTo(7);
    assertThat(typed.outLines()).endsWith(Main.class.getName(), "run", "a b.conf", "--trace");
    assertThat(typed.outLines())
        .contains("-XX:+UseParallelGC", "-Dshootdown.home=" + home.toRealPath())
        .doesNotContain("-XX:TieredStopAtLevel=1")
        .anyMatch(line -> line.endsWith("target/shootdown-9.9.jar"));
  }

  @Test
  void shouldMakeTheArchiveOnceWhenTheJarIsTheSame() throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk", "17.0.1").toString());

    Typed first = launch(environment, "list");
    Typed second = launch(environment, "list");

    assertThat(first.err()).contains("preparing a faster start");
    assertThat(second.err()).isEmpty();
    assertThat(second.outLines())
        .anyMatch(line -> line.matches("-XX:SharedArchiveFile=.*/cds/17\\.0\\.1-.*\\.jsa"));
  }

  @Test
  void shouldRunWithoutAnArchiveWhenTargetCannotBeWritten() throws Exception {
    Files.writeString(home.resolve("target/cds"), "a file in the way");

    Typed typed = launch(Map.of("JAVA_HOME", jdk("jdk", "21").toString()), "list");

    assertThat(typed.exitCode()).isEqualTo(7);
    assertThat(typed.outLines()).noneMatch(line -> line.contains("SharedArchiveFile"));
  }

  @Test
  void shouldObeyTheUserWhenJvmOptionsAreGiven() throws Exception {
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME", jdk("jdk", "17.0.1").toString(),
            "SHOOTDOWN_JAVA_OPTS", "-Xmx1g -XX:+UseG1GC");

    assertThat(launch(environment, "run", "x").outLines())
        .contains("-Xmx1g", "-XX:+UseG1GC")
        .doesNotContain("-XX:+UseParallelGC");
  }

  @Test
  void shouldTakeTheNextJavaWhenTheFirstIsTooOld() throws Exception {
    Path old = jdk("old", "11.0.2");
    Path good = jdk("good", "25");
    String path = good.resolve("bin") + ":" + System.getenv("PATH");

    Typed typed = launch(Map.of("JAVA_HOME", old.toString(), "PATH", path), "list");

    assertThat(typed.exitCode()).isEqualTo(7);
    assertThat(typed.outLines()).contains("--sun-misc-unsafe-memory-access=allow");
  }

  @Test
  void shouldExitWithThreeWhenEveryJavaIsTooOld() throws Exception {
    Path old = jdk("old", "1.8.0_292");
    String path = old.resolve("bin") + ":" + System.getenv("PATH");

    Typed typed = launch(Map.of("PATH", path), "list");

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.errLines()).singleElement().asString()
        .contains("Java 17 or newer is needed").contains("1.8.0_292");
  }

  @Test
  void shouldExitWithThreeWhenThereIsNothingToRun() throws Exception {
    Files.delete(home.resolve("target/shootdown-9.9.jar"));

    Typed typed = launch(Map.of("JAVA_HOME", jdk("jdk", "17").toString()), "list");

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.err()).contains("neither a pom.xml nor a built target/");
  }

  private Map<String, String> withMaven(String does) throws IOException {
    Files.writeString(home.resolve("pom.xml"), "<project>\n  <version>1.2</version>\n</project>\n");
    Path source = Files.createDirectories(home.resolve("src/main")).resolve("A.java");
    Files.writeString(source, "");
    Path maven = Files.createDirectories(home.resolve("maven")).resolve("mvn");
    Files.writeString(maven, "#!/usr/bin/env bash\necho built \"$@\" >&2\n" + does + "\n");
    executable(maven);
    return Map.of(
        "JAVA_HOME", jdk("jdk", "17").toString(),
        "PATH", maven.getParent() + ":" + System.getenv("PATH"));
  }

  @Test
  void shouldBuildOnFirstUseAndAfterAChangeOnly() throws Exception {
    Map<String, String> environment = withMaven(": >target/shootdown-1.2.jar");
    Path jar = home.resolve("target/shootdown-1.2.jar");

    assertThat(launch(environment, "list").err())
        .contains("built -q -B -Dprogram package");
    assertThat(launch(environment, "list").err()).isEmpty();

    FileTime later = FileTime.from(Files.getLastModifiedTime(jar).toInstant().plusSeconds(5));
    Files.setLastModifiedTime(home.resolve("src/main/A.java"), later);
    Typed changed = launch(environment, "list");

    assertThat(changed.err()).contains("built -q");
    assertThat(changed.exitCode()).isEqualTo(7);
    assertThat(changed.outLines()).anyMatch(line -> line.endsWith("target/shootdown-1.2.jar"));
  }

  @Test
  void shouldExitWithThreeWhenTheBuildFails() throws Exception {
    Typed typed = launch(withMaven("exit 1"), "list");

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err()).contains("the build failed");
  }
}
