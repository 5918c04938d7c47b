package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongTraceTest {
  private static final int LINES = 1_000_000;
  private static final long MIB = 1 << 20;

  @TempDir Path directory;

  /** Looks at the heap now and then. */
  private static final class Watch implements TraceSink {
    private long events;
    private long mostBytes;

    @Override
    public void event(TraceEvent event) {
      if (++events % (LINES / 4) == 0) {
        System.gc();
        mostBytes = Math.max(mostBytes,
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      }
    }

    @Override
    public void stack(int line, List<String> functions) {
      throw new AssertionError("there is none");
    }
  }

  private Path written() throws IOException {
    Path file = directory.resolve("long.txt");
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (int at = 0; at < LINES; at++) {
        out.write(String.format(
            " task%d-%d (%7d) [%03d] ..... %d.%06d: page_fault_user: address=0x%x ip=0x7f10"
                + " error_code=0x6%n",
            at % 50, 1 + at, 1 + at, at % 4, 100 + at / 1_000_000, at % 1_000_000, at * 4096L));
      }
    }
    return file;
  }

  /** Each thread is new here, so whatever is kept of a line or of a thread shows. */
  @Test
  void shouldKeepNothingWhenALongTraceIsStreamed() throws IOException {
    Path file = written();
    System.gc();
    long before = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    Watch watch = new Watch();
    Reading reading =
        TraceReader.stream(file, new ReadOptions(Long.MAX_VALUE, 0, Double.MAX_VALUE, 0), watch);
    assertThat(watch.events).isEqualTo(LINES);
    assertThat(reading.count("page_fault_user")).isEqualTo(LINES);
    assertThat(Files.size(file)).isGreaterThan(80 * MIB);
    assertThat(watch.mostBytes - before).isLessThan(40 * MIB);
  }
}
