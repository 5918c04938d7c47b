package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused, in words that say where and what would be right. */
class BadTraceTest {
  @TempDir Path directory;

  private static final String LINE =
      " a-1 [000] 1.000001: page_fault_user: address=0x7f00 ip=0x7f10 error_code=0x6\n";

  private static void refused(Path path, String where, String... words) {
    assertThatExceptionOfType(TraceProblem.class).isThrownBy(() -> TraceReader.read(path))
        .satisfies(problem -> assertThat(problem.getMessage())
            .startsWith(path + where).contains(words).contains("; ").doesNotContain("\n"));
  }

  private static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }
    return packed.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void shouldRefuseWhenFileIsAbsent() {
    refused(directory.resolve("none.gz"), ": ", "no such file");
  }

  @Test
  void shouldRefuseWhenPathIsADirectory() {
    refused(directory, ": ", "directory");
  }

  @Test
  void shouldRefuseWhenPathGoesThroughAFile() {
    refused(Traces.write(directory, LINE).resolve("below"), ": ", "trace-cmd");
  }

  @Test
  void shouldRefuseWhenFileIsEmpty() throws IOException {
    refused(Traces.write(directory, new byte[0]), ": ", "empty");
    refused(Traces.write(directory, zipped(new byte[0])), ": ", "the gzip holds nothing");
  }

  @Test
  void shouldRefuseWhenFileIsBinary() {
    refused(Traces.write(directory, bytes(LINE + "\u0017\u0008Dtracing\u0000")), ":2: ", "binary",
        "trace-cmd report");
  }

  @Test
  void shouldRefuseWhenGzipIsCutShort() throws IOException {
    byte[] whole = Files.readAllBytes(Traces.shipped("ping-dontneed.trace-cmd"));
    refused(Traces.write(directory, Arrays.copyOf(whole, whole.length / 2)), ":", "cut short");
    refused(Traces.write(directory, Arrays.copyOf(whole, 5)), ": ", "cut short");
  }

  @Test
  void shouldRefuseWhenGzipIsDamaged() throws IOException {
    byte[] whole = zipped(bytes(LINE));
    whole[whole.length - 8] ^= 0x55;
    refused(Traces.write(directory, whole), ":", "damaged");
    refused(Traces.write(directory, bytes("\u001f")), ":", "no event");
    refused(Traces.write(directory, new byte[] {0x1f, (byte) 0x8b, 7, 7, 7, 7, 7, 7, 7, 7, 7}),
        ": ", "damaged");
  }

  @Test
  void shouldRefuseWhenGzipGrowsWithoutBound() throws IOException {
    byte[] line = bytes(LINE.replace("0x6\n", "0x6 " + " ".repeat(60_000) + "\n"));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int count = 0; count < 100; count++) {
      text.write(line);
    }
    byte[] packed = zipped(text.toByteArray());
    refused(Traces.write(directory, packed), ":", "200 times its size");
    assertThat(TraceReader.read(Traces.write(directory, text.toByteArray())).events()).hasSize(100);
  }

  @Test
  void shouldRefuseWhenZstdGrowsWithoutBound() {
    byte[] bomb = new byte[64 * 1024 * 1024];
    Arrays.fill(bomb, (byte) '\n');
    refused(Traces.write(directory, Zstd.compress(bomb)), ":", "200 times its size");
  }

  @Test
  void shouldRefuseWhenZstdIsCutShortOrDamaged() {
    byte[] whole = Zstd.compress(bytes(LINE.repeat(3000)));
    refused(Traces.write(directory, Arrays.copyOf(whole, whole.length / 2)), ":", "zstd",
        "cut short");
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 0x55;
    refused(Traces.write(directory, damaged), ":", "the zstd is damaged");
    refused(Traces.write(directory, Zstd.compress(new byte[0])), ": ", "the zstd holds nothing");
  }

  @Test
  void shouldRefuseALineOfTenMegabytesBeforeItIsKept() {
    byte[] text = bytes(LINE + "x".repeat(10_000_000) + "\n" + LINE);
    refused(Traces.write(directory, text), ":2: ", "64 KiB");
  }

  @Test
  void shouldNameWhatToDoWhenARecordersOwnFileIsGiven() {
    refused(Traces.write(directory, bytes("PERFILE2h\u0000\u0000\n")), ":1: ", "binary",
        "perf.data after perf script");
  }

  @Test
  void shouldSayWhatThereIsWhenNoEventLiesInTheWindow() {
    Path path = Traces.write(directory, LINE);
    ReadOptions window = new ReadOptions(1, 5, 6, 0);
    assertThatExceptionOfType(TraceProblem.class)
        .isThrownBy(() -> TraceReader.read(path, window))
        .withMessageContaining("no event lies in the time that was asked for")
        .withMessageContaining("the first one is at 1.000001 s");
  }

  @Test
  void shouldRefuseWhenALineHasNoEnd() {
    refused(Traces.write(directory, bytes(LINE + "x".repeat(70_000))), ":2: ", "64 KiB");
  }

  @Test
  void shouldReadWhenALineIsJustShortEnough() {
    byte[] text = bytes(LINE + "x".repeat(64 * 1024));
    assertThat(TraceReader.read(Traces.write(directory, text)).events()).hasSize(1);
  }

  @Test
  void shouldNameTheClockWhenItCountsCycles() {
    refused(Traces.sample("tracefs-x86-tsc.txt.gz"), ":13: ", "counts cycles, not seconds",
        "--clock-rate", "mono");
  }

  @Test
  void shouldRefuseWhenNoLineIsAnEvent() {
    refused(Traces.write(directory, "# Notes", "", "Dear \u001b[31mreader, " + "x".repeat(99)),
        ":3: ", "no line", "\"Dear ?[31mreader, xxx", "...\"");
    refused(Traces.write(directory, "# tracer: nop", "#"), ": ", "no event");
    refused(Traces.write(directory, "a-1 [000] 1.000001: tlb_flush: pages"), ": ", "no event");
  }
}
