package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidateTest {
  private static final String SCENARIO =
      """
      processes = [ { name = app, home = 0,
        areas = [ { name = a, at = "0x7f0000000000", pages = ${sweep.let.pages} } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "munmap a"] } ]
      sweep.let.pages = 1
      """;

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("s.conf"), SCENARIO);
  }

  private int validate(String... words) {
    String[] line = new String[words.length + 2];
    line[0] = "validate";
    line[1] = "--quiet";
    System.arraycopy(words, 0, line, 2, words.length);
    return Main.run(
        line, new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), Path.of(""));
  }

  private int own(String csv) throws IOException {
    Path data = Files.writeString(folder.resolve("m.csv"), csv);
    return validate(
        "--data", data.toString(), "--machine", "ivy-bridge-laptop", "--scenario",
        folder.resolve("s.conf").toString());
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** An item of about a second, as C1 may be over before the first line is due. */
  @Test
  void shouldTellProgressInJsonWhenAskedTo() {
    int code =
        Main.run(
            new String[] {"validate", "C12", "--progress", "json", "--progress-every", "0.01"},
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8), Path.of(""));

    assertThat(code).isZero();
    assertThat(err().lines().toList()).isNotEmpty()
        .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  @Test
  void shouldExitWithZeroWhenTheItemIsWithinTolerance() {
    assertThat(validate("C8")).isZero();
    assertThat(out()).contains("one interrupt", "predicted", "met");
  }

  @Test
  void shouldExitWithThirteenWhenAnItemIsOutOfTolerance() {
    assertThat(validate("C8", "-D", "wires.cross-socket=2us")).isEqualTo(ExitCode.NOT_MET);
    assertThat(out()).contains("MISSED");
  }

  @ParameterizedTest
  @CsvSource({"csv, 'item,id,series,x,'", "json, LATR.shoot.16", "html, <svg"})
  void shouldBeReadableByOthersWhenAFormatIsAskedFor(String format, String contained) {
    assertThat(validate("C2", "C8", "--format", format)).isZero();
    assertThat(out()).contains(contained).doesNotContain("NaN");
  }

  @Test
  void shouldSayWhyWhenAnItemIsNotModelled() {
    assertThat(validate("C9")).isEqualTo(ExitCode.NOT_MODELLED);
    assertThat(err()).contains("C9 has no prediction: an input");
    assertThat(validate("C99")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("there is no item 'C99'");
  }

  @Test
  void shouldCompareOwnMeasurementsWhenXGoesToAParameter() throws IOException {
    String header = "id,operation,x,x_unit,value,unit,setting\n";
    int exit =
        own(header + "a,munmap,1,pages,1000,s,sweep.let.pages\n"
            + "b,munmap,9,pages,1,us,sweep.let.pages\n");
    assertThat(exit).isEqualTo(ExitCode.NOT_MET);
    assertThat(out()).contains("munmap", "ivy-bridge-laptop", "-100.0", "MISSED");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "a,munmap,1,pages,1,us,many words|m.csv:2: setting is 'many words'",
      "a,munmap,1,pages,1,us,sweep.let.sizes|m.csv:2: the scenario has no key",
      "a,munmap,1,furlongs,1,us,sweep.let.pages|m.csv:2: x_unit 'furlongs'",
      "a,munmap,1,pages,1,cycles,sweep.let.pages|m.csv:2: unit 'cycles'",
      "a,mremap,1,pages,1,us,sweep.let.pages|m.csv:2: the scenario finished no operation"})
  void shouldRefuseByNameWhenOwnMeasurementsCannotBeMapped(String row, String message)
      throws IOException {
    assertThat(own("id,operation,x,x_unit,value,unit,setting\n" + row + "\n"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains(message).doesNotContain("Exception");
  }

  @Test
  void shouldNameTheMachinesWhenThereIsNoneOfThatName() throws IOException {
    Path data = Files.writeString(folder.resolve("m.csv"), "id,x,value,unit\na,1,1,us\n");
    assertThat(
            validate(
                "--data", data.toString(), "--machine", "cray", "--scenario",
                folder.resolve("s.conf").toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("there is no machine 'cray'", "broadwell-nic");
  }
}
