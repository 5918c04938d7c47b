package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncludesTest {
  private static final String REFUSED = " is refused: a run must be repeatable from files alone;"
      + " save it as a file and include that by its relative path";

  @TempDir private Path directory;
  private final Problems problems = new Problems();

  private Path file(String name, String... lines) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, String.join("\n", lines));
  }

  private ConfigObject load(Path scenario) {
    return ConfigFiles.load(scenario, Optional.empty(), List.of(), directory, problems,
        ConfigFactory.empty().root());
  }

  @Test
  void shouldReadBesideTheIncludingFileWhenNameIsRelative() throws IOException {
    file("scenarios/profiles/cpu.conf", "include \"../shared.conf\"", "tlb.ways = 8");
    file("scenarios/shared.conf", "", "seed = 5");

    ConfigObject loaded = load(file("scenarios/x.conf", "include \"profiles/cpu.conf\"",
        "machine { include file(\"profiles/cpu.conf\"), include required(\"shared.conf\") }",
        "tlb.ways = 4"));

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(ConfigFiles.render(loaded)).isEqualTo("""
        machine {  # scenarios/x.conf:2
          seed = 5  # scenarios/shared.conf:2
          tlb {  # scenarios/profiles/cpu.conf:2
            ways = 8  # scenarios/profiles/cpu.conf:2
          }
        }
        seed = 5  # scenarios/shared.conf:2
        tlb {  # scenarios/x.conf:3
          ways = 4  # scenarios/x.conf:3
        }
        """);
  }

  @Test
  void shouldReadTheClassPathWhenAskedTo() throws IOException {
    ConfigObject loaded = load(file("x.conf",
        "include classpath(\"dev/shootdown/config/profile.conf\")"));

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(ConfigFiles.render(loaded)).contains(
        "latency = 7ns  # classpath:dev/shootdown/config/profile.conf:2",
        "entries = 99  # classpath:dev/shootdown/config/inner.conf:1");
  }

  @Test
  void shouldResolveInsideWhenIncludedFileRefersToItself() throws IOException {
    file("profile.conf", "base = 5ns", "walk = ${base}", "far = ${run.far}");

    ConfigObject loaded = load(file("x.conf", "run.far = 9ns",
        "machine { include \"profile.conf\", base = 6ns }"));

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(ConfigFiles.canonical(loaded)).isEqualTo("{\"machine\":{\"base\":\"6ns\","
        + "\"far\":\"9ns\",\"walk\":\"6ns\"},\"run\":{\"far\":\"9ns\"}}");
  }

  @Test
  void shouldNameFileAndLineWhenIncludedFilesAreMissing() throws IOException {
    file("profiles/there.conf", "include \"nested.conf\"");

    load(file("x.conf", "# include \"profiles/gone.conf\" is a comment", "",
        "include \"profiles/gone.conf\"", "include \"profiles/gone.conf\" # again",
        "include \"profiles/there.conf\"", "a { include \"profiles/theer.conf\" }",
        "include classpath(\"no/such.conf\")"));

    assertThat(Read.lines(problems)).containsExactly(
        "profiles/there.conf:1: include 'nested.conf': profiles/nested.conf: no such file",
        "x.conf:3: include 'profiles/gone.conf': profiles/gone.conf: no such file",
        "x.conf:4: include 'profiles/gone.conf': profiles/gone.conf: no such file",
        "x.conf:6: include 'profiles/theer.conf': profiles/theer.conf: no such file;"
            + " did you mean 'there.conf'?",
        "x.conf:7: include 'no/such.conf': classpath:no/such.conf: no such resource on the class"
            + " path");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "url(\"https://example.org/x.conf\")", "required(url(\"https://example.org/x.conf\"))",
    "url(\"file:/etc/passwd\")"
  })
  void shouldRefuseWhenIncludeNamesAUrl(String include) throws IOException {
    ConfigObject loaded = load(file("x.conf", "a = 1", "include " + include, "b = 2"));

    assertThat(Read.lines(problems)).containsExactly("x.conf:2: include url(...)" + REFUSED);
    assertThat(loaded).containsKeys("a", "b");
  }

  @Test
  void shouldRefuseWhenQuotedNameIsAUrl() throws IOException {
    load(file("x.conf", "a = 1", "include \"http://example.org/x.conf\""));

    assertThat(Read.lines(problems)).containsExactly(
        "x.conf:2: include of the URL 'http://example.org/x.conf'" + REFUSED);
  }

  @Test
  void shouldRefuseWhenFilesIncludeEachOther() throws IOException {
    file("b.conf", "include \"./a.conf\"", "b = 1");

    ConfigObject loaded = load(file("a.conf", "", "include \"b.conf\"", "a = 1"));

    assertThat(Read.lines(problems))
        .containsExactly("b.conf:1: include './a.conf': a.conf would include itself");
    assertThat(loaded).containsKeys("a", "b");
  }

  @Test
  void shouldReportInTheIncludedFileWhenItsSyntaxIsWrong() throws IOException {
    file("bad.conf", "a = 1", "b = }");
    file("worse.conf", "[");

    load(file("x.conf", "include \"bad.conf\"", "include \"worse.conf\"", "include \"dir\""));
    assertThat(problems.list()).extracting(Problem::origin)
        .containsExactly("bad.conf:2", "worse.conf:1", "x.conf:3");
  }

  @Test
  void shouldRefuseWhenAnOverrideIncludes() throws IOException {
    ConfigFiles.load(file("x.conf", "a = 1"), Optional.empty(),
        List.of("b={ include \"x.conf\" }"), directory, problems, ConfigFactory.empty().root());

    assertThat(Read.lines(problems))
        .containsExactly("command line: include is possible in files only");
  }
}
