package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A guest that can't be built is refused with its place, and what would be right. */
class EmulatorBadInputTest {
  private static final String BASE =
      """
      processes = [ { name = host, areas = [] } ]
      machine.parts = [
        { name = cpu0, type = cpu }
        { name = v0, type = viommu, %s }
        { name = nic0, type = vfio-container, viommu = v0 }
        { name = net0, type = vhost-backend, viommu = v0, %s }
        { name = g0, type = guest-driver, viommu = v0, %s }
      ]
      viommu-work = [ { guest = g0, do = [ "%s" ] } ]
      """;

  private static String only(Path folder, String text) {
    assertThat(Scene.problems(folder, text)).as(text).hasSize(1);
    Problem problem = Scene.problems(folder, text).get(0);
    return problem.line();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "mapp 0x1000 1 | did you mean 'map'?",
      "map 0x1001 1 | is no page's address",
      "map 0x1000 0 | no number of pages",
      "map 0x1000 512 huge | multiples",
      "map 0xffffffff0000000 1 | no page's address",
      "map 0x1000000000000 1 | 48 bits",
      "unmap 0x1000 1 | nothing is mapped",
      "repeat 2 map 0x1000 1 | mapped already",
      "dma nik0 0x1000 write | did you mean 'nic0'?",
      "dma nic0 0x1000 rw | neither read nor write",
      "spin | takes one time",
      "stream nic0 0x1000 | write 'stream"
  })
  void shouldBeRefusedWithItsLineWhenAGuestCannotDoThat(
      String line, String message, @TempDir Path folder) {
    String text = String.format(BASE, "interrupt-window = true", "ats = true", "map = 1us", line);

    assertThat(only(folder, text)).startsWith("bad.conf:9: ").contains(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "caching-mode = false | ats = true | map = 1us | bad.conf:5: | requires caching mode",
      "device-tlb = false | ats = true | map = 1us | bad.conf:6: | requires device TLBs",
      "device-tlb = false | ats = false | device-tlb = true | bad.conf:7: | offers no device TLBs",
      "address-bits = 40 | ats = true | map = 1us | bad.conf:4: | 39 and 48",
      "behaviour = qemu-9 | ats = true | map = 1us | bad.conf:4: | qemu-10-0",
      "range-rool = crop | ats = true | map = 1us | bad.conf:4: | range-rule",
      "max-mask = 18 | ats = true | mode = lazy, first-level = true | bad.conf:7: | strict"
  })
  void shouldBeRefusedWhenPartsDoNotFit(
      String viommu, String backend, String guest, String place, String message,
      @TempDir Path folder) {
    String text = String.format(BASE, viommu, backend, guest, "map 0x1000 1");

    assertThat(only(folder, text)).startsWith(place).contains(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "viommu = v0, viommu = v1 | there is no viommu 'v1'",
      "viommu = cpu0 | there is no viommu 'cpu0'"
  })
  void shouldBeRefusedWhenTheIommuIsNoneOfThese(
      String behind, String message, @TempDir Path folder) {
    String text = String.format(BASE, "max-mask = 18", "ats = true", behind, "map 0x1000 1");

    assertThat(Scene.problems(folder, text)).extracting(Problem::line)
        .anyMatch(line -> line.startsWith("bad.conf:7: ") && line.contains(message));
  }
}
