package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.typesafe.config.ConfigFactory;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.hardware.ats.DmaTrace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read out of a file of accesses, what is refused, and what becomes of its text. */
class AccessFileTest {
  private static final String HEADER = "time,part,op,addr,len\n";
  private static final String GOOD = HEADER + "1us,nic0,read,a,64\n";

  private static final String SCENARIO =
      """
      include classpath("profiles/two-socket-ats.conf")
      machine.parts = ${machine.parts} [
        { name = disk0, type = bypass-device }
        { name = mr0, type = hmm-gpu, process = app, area = a } ]
      processes = [
        { name = app, devices = [nic0], areas = [
          { name = a, at = "0x7f0000000000", pages = 4 }
          { name = b, at = "0x7f0000004000", pages = 4 }
          { name = huge, at = "0x600000000000", pages = 1048577, mapped = false } ] }
        { name = other, areas = [ { name = a, at = "0x7f0000000000", pages = 4 } ] }
      ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a read"] } ]
      accesses = "nic.csv"
      """;

  @TempDir Path folder;

  private List<String> problems(String text) throws IOException {
    return problems(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> problems(byte[] file) throws IOException {
    Files.write(folder.resolve("nic.csv"), file);
    return Scene.problems(folder, SCENARIO).stream().map(Problem::line).toList();
  }

  private Variant load(byte[] file, String... overrides) throws IOException {
    Files.write(folder.resolve("nic.csv"), file);
    return Scenarios.load(
        Scene.write(folder, SCENARIO), Optional.empty(), Optional.empty(), List.of(overrides),
        folder).get(0);
  }

  private DmaTrace trace(String rows, String device) throws IOException {
    Scenario scenario =
        load((HEADER + rows).getBytes(StandardCharsets.UTF_8)).scenario();
    return scenario.accesses().get(device);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "1us,nic0,read,a|has 4 fields, not the 5",
      "1us,nic0,read,a,64,7|has 6 fields, not the 5",
      "1us,nic1,read,a,64|there is no part 'nic1'; did you mean 'nic0'?",
      "1us,iommu0,read,a,64|'iommu0' takes no accesses out of a file",
      "1us,nic0,reed,a,64|op must be read or write, not 'reed'; did you mean 'read'?",
      "1us,nic0,read,a,0|len must be 1 byte at least, not 0",
      "1us,nic0,read,a,-1|len must be 1 byte at least, not -1",
      "1us,nic0,read,a,64B|len must be a number of bytes such as 64, not '64B'",
      "1us,nic0,read,a,4294967297|and 4 GiB at most",
      "-1us,nic0,read,a,64|must not be negative",
      "1parsec,nic0,read,a,64|'parsec' is not a unit of time",
      "0.0001,nic0,read,a,64|is not a whole number of picoseconds",
      "soon,nic0,read,a,64|is not a time",
      ",nic0,read,a,64|is not a time",
      "1us,nic0,read,0x7fzz,64|'0x7fzz' is no address",
      "1us,nic0,read,a+x,64|'x' is no address",
      "1us,nic0,read,a+0x4000,64|'a' has 16384 bytes, so there is nothing 16384 behind its start",
      "1us,nic0,read,0x1000,64|0x1000 is in no area of 'app'; areas are huge (0x600000000000 to",
      "1us,nic0,read,b+0x3fff,2|2 bytes from 0x7f0000007fff on leave the areas of 'app' at 0x7f",
      "1us,nic0,read,c,64|there is no area 'c' in 'app' (did you mean 'a'?)",
      "1us,nic0,read,,64|there is no area '' in 'app'",
      "1us,nic0,read,other.a,64|the part does not work in 'other'; it works in 'app'",
      "1us,nic0,read,apq.a,64|there is no process 'apq' (did you mean 'app'?)",
      "1us,disk0,read,a,64|'a' is in several processes; write app.a or other.a",
      "1us,cpu1,read,0x7f0000000000,64|is in several processes; write app.0x7f0000000000 or other",
      "1us,mr0,read,b,64|the part works in one area",
      "1us,cpu1,read,huge,409604096|more than 100000 accesses of 'cpu1', counted by page",
      "1us,nic0,read,huge+1,4294967296|more than 1048576 accesses, counted by page"})
  void shouldNameTheLineWhenItIsWrong(String row, String message) throws IOException {
    assertThat(problems(HEADER + "# a remark\n" + row + "\n"))
        .singleElement().asString().startsWith("nic.csv:3: ").contains(message);
  }

  @Test
  void shouldNameBothLinesWhenTimeGoesBackwards() throws IOException {
    assertThat(problems(HEADER + "3us,nic0,read,a,1\n1us,disk0,read,app.a,1\n2us,nic0,read,a,1\n"))
        .containsExactly(
            "nic.csv:4: time goes backwards: 'nic0' was at 3us in line 2; order the lines of a"
                + " part by time");
  }

  @Test
  void shouldTellTheFirstTwentyAndCountTheRestWhenManyLinesAreWrong() throws IOException {
    String bad = IntStream.range(0, 31).mapToObj(i -> "1us,nic0,read,a,0\n")
        .collect(Collectors.joining());
    List<String> told = problems(HEADER + bad);

    assertThat(told).hasSize(21).contains(
        "nic.csv: 31 lines are wrong; the first 20 are told",
        "nic.csv:21: len must be 1 byte at least, not 0");
  }

  @Test
  void shouldRefuseAPartWhenItHasAWorkloadAsWell() throws IOException {
    assertThat(problems(HEADER + "1us,cpu0,read,app.a,64\n")).containsExactly(
        "nic.csv:2: 'cpu0' has a workload in the scenario as well; leave one of the two out");
  }

  @Test
  void shouldRefuseAFileWhenItIsNoneOfAccesses() throws IOException {
    assertThat(problems("")).singleElement().asString()
        .contains("accesses: nic.csv: the file is empty");
    assertThat(problems("1us,nic0,read,a,64\n")).singleElement().asString()
        .startsWith("nic.csv:1: the first line must be the header time,part,op,addr,len, not '1us");
    assertThat(problems("# nothing\n")).singleElement().asString().contains("holds nothing");
    assertThat(problems(HEADER)).singleElement().asString().contains("holds no access");
    assertThat(problems(GOOD + "\0\n")).singleElement().asString()
        .startsWith("nic.csv:3: a binary file");
    assertThat(problems(GOOD + "x".repeat(65_537))).singleElement().asString()
        .startsWith("nic.csv:3: a line of more than 64 KiB");
    byte[] packed = gzip(GOOD.repeat(100));
    assertThat(problems(Arrays.copyOf(packed, packed.length / 2)))
        .singleElement().asString().contains("gzip is cut short");
    Files.delete(folder.resolve("nic.csv"));
    assertThat(Scene.problems(folder, SCENARIO)).singleElement()
        .extracting(Problem::line).asString()
        .startsWith("bad.conf:").contains("accesses: nic.csv: there is no such file");
    Files.createDirectory(folder.resolve("nic.csv"));
    assertThat(Scene.problems(folder, SCENARIO)).singleElement()
        .extracting(Problem::line).asString()
        .contains("accesses: nic.csv: this is a directory");
    assertThat(Scene.problems(folder, SCENARIO + "accesses = \"/dev/null\"")).singleElement()
        .extracting(Problem::line).asString()
        .contains("accesses: /dev/null: this is no regular file; lines of time,part,op,addr,len");
    assertThat(Scene.problems(folder, SCENARIO + "accesses = [1]")).singleElement()
        .extracting(Problem::line).asString().contains("must be the name of a file");
    assertThat(Scene.problems(folder, SCENARIO + "accesses = null\naccesses { file = x }"))
        .singleElement().extracting(Problem::line).asString()
        .contains("must be the name of a file");
  }

  @Test
  void shouldTakeTimesAddressesAndLengthsAsTheyAreWritten() throws IOException {
    DmaTrace trace = trace(
        """
        # times
        1500,nic0,read,0x7f0000000000,64
        1500.25,nic0,write,139637976727552,4096

        2us , nic0 , write , app.a+0xfff , 4098
        3us,nic0,read,a+0x3fff,2
        """, "nic0");

    assertThat(IntStream.range(0, trace.size()).mapToObj(trace.asJobs()::get).map(
        job -> job.atPs() + " " + (job.page() - 0x7f0000000L) + " " + job.access() + " "
            + job.sizeBytes()))
        .containsExactly(
            "1500000 0 READ 64", "1500250 0 WRITE 4096", "2000000 0 WRITE 1",
            "2000000 1 WRITE 4096", "2000000 2 WRITE 1", "3000000 3 READ 1", "3000000 4 READ 1");
  }

  @Test
  void shouldBeTheSameConfigurationWhenOnlyPackingAndLineEndsDiffer() throws IOException {
    byte[] plain = GOOD.getBytes(StandardCharsets.UTF_8);
    String hash = load(plain).hash8();

    assertThat(load(gzip(GOOD)).hash8()).isEqualTo(hash);
    assertThat(load(Zstd.compress(plain)).hash8()).isEqualTo(hash);
    assertThat(load(("\uFEFF" + GOOD.replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_8))
        .hash8()).isEqualTo(hash);
    Files.write(folder.resolve("elsewhere.csv"), plain);
    assertThat(load(plain, "accesses=elsewhere.csv").hash8()).isEqualTo(hash);
  }

  @Test
  void shouldBeAnotherConfigurationWhenTheTextDiffers() throws IOException {
    String hash = load(GOOD.getBytes(StandardCharsets.UTF_8)).hash8();

    assertThat(load((GOOD + "2us,nic0,read,a,64\n").getBytes(StandardCharsets.UTF_8)).hash8())
        .isNotEqualTo(hash);
    assertThat(load(GOOD.getBytes(StandardCharsets.UTF_8), "accesses=null").hash8())
        .isNotEqualTo(hash);
  }

  /** What another node is sent, and what stands in a result directory. */
  @Test
  void shouldBeReadFromTheEffectiveConfigurationWhenTheFileIsGone() throws IOException {
    Variant variant = load(GOOD.getBytes(StandardCharsets.UTF_8));
    Files.delete(folder.resolve("nic.csv"));
    String text = ConfigFiles.render(variant.config());

    Variant again = Scene.load(Scene.write(folder, text)).get(0);
    assertThat(again.hash8()).isEqualTo(variant.hash8());
    assertThat(again.scenario().accesses().get("nic0").size()).isEqualTo(1);
    Problems problems = new Problems();
    Scenario elsewhere =
        Scenarios.of(ConfigFactory.parseString(text).root(), Optional.empty(), problems);
    assertThat(problems.list()).isEmpty();
    assertThat(elsewhere.accesses().get("nic0").size()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAnEffectiveConfigurationWhenItsTextWasTouched() throws IOException {
    Variant variant = load(GOOD.getBytes(StandardCharsets.UTF_8));
    String other =
        load((GOOD + "2us,nic0,read,a,64\n").getBytes(StandardCharsets.UTF_8))
            .config().toConfig().getString("accesses.content");
    List<String> told = List.of(other, "no base 64", "AAAA").stream()
        .map(content -> told(variant, content)).toList();

    assertThat(told.get(0)).contains("accesses.content: it isn't the text of that digest");
    assertThat(told.get(1)).contains("accesses.content: ");
    assertThat(told.get(2)).contains("accesses.content: it can't be unpacked");
  }

  private String told(Variant variant, String content) {
    String text =
        ConfigFiles.render(variant.config()) + "\naccesses.content = \"" + content + "\"";
    try {
      Scene.load(Scene.write(folder, text));
      return "";
    } catch (ConfigProblems found) {
      return found.getMessage();
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }
}
