package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DataOutTest {
  private static final Path FULL = Path.of("/dev/full");

  private static Process list(ProcessBuilder.Redirect out) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), Main.class.getName(), "list");
    return new ProcessBuilder(command).redirectOutput(out).start();
  }

  private static String said(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldExitWithThreeWhenTheDiskIsFull() throws Exception {
    assumeTrue(Files.exists(FULL), "this machine has no " + FULL);
    Process process = list(ProcessBuilder.Redirect.to(FULL.toFile()));

    assertThat(said(process))
        .startsWith("shootdown: standard output is incomplete: ").hasLineCount(1);
    assertThat(process.waitFor()).isEqualTo(ExitCode.ENVIRONMENT);
  }

  @Test
  void shouldSayNothingWhenTheReaderHasSeenEnough() throws Exception {
    Process process = list(ProcessBuilder.Redirect.PIPE);
    process.getInputStream().close();

    assertThat(said(process)).isEmpty();
    assertThat(process.waitFor()).isZero();
  }
}
