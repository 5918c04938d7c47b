package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImpliedMappingsTest {
  @TempDir Path directory;

  /** Lines of thread 1, a call in two, ten microseconds apart. */
  private static List<String> lines(String... bodies) {
    List<String> lines = new ArrayList<>();
    for (String body : bodies) {
      lines.add(String.format(" a-1 [000] ..... 1.%06d: %s", 10 * lines.size(), body));
    }
    return lines;
  }

  private static String fault(String page) {
    return "page_fault_user: address=" + page + " ip=0x9 error_code=0x6";
  }

  private static String[] unmap(String address, String length) {
    return new String[] {
        "sys_enter_munmap: addr: " + address + ", len: " + length, "sys_exit_munmap: 0x0"};
  }

  private static String[] advise(String address, String length, String result) {
    return new String[] {
        "sys_enter_madvise: start: " + address + ", len_in: " + length + ", behavior: 0x0000000f",
        "sys_exit_madvise: " + result};
  }

  private static String[] mmap(String address, String length) {
    return new String[] {
        "sys_enter_mmap: addr: 0x0, len: " + length + ", prot: 0x3, flags: 0x22, fd: 0xffffffff,"
            + " off: 0x0",
        "sys_exit_mmap: " + address};
  }

  private List<Cause> implied(Object... parts) {
    String[] bodies = Stream.of(parts)
        .flatMap(part -> part instanceof String[] many ? Stream.of(many) : Stream.of((String) part))
        .toArray(String[]::new);
    Recording recording = Traces.read(directory, lines(bodies).toArray(String[]::new));
    Causes causes = Causes.of(recording);
    AddressSpaces spaces =
        AddressSpaces.infer(causes.list(), causes.names(), recording.groups());
    ImpliedMappings mapped =
        ImpliedMappings.of(causes.list(), spaces, recording.groups());
    assertThat(mapped.filledIn()).containsAll(causes.list());
    assertThat(mapped.filledIn()).hasSize(causes.list().size() + mapped.proofs().size());
    return new ArrayList<>(mapped.proofs().keySet());
  }

  @Test
  void shouldImplyAMappingWhereACallSucceedsOverAHole() {
    List<Cause> found = implied(
        fault("0x10000"), unmap("0x12000", "0x2000"), advise("0x10000", "0x4000", "0x0"));
    assertThat(found).hasSize(1);
    SystemCall call = ((SyscallCause) found.get(0)).call();
    assertThat(call.replaces()).isTrue();
    assertThat(call.startAddress()).isEqualTo(0x10000);
    assertThat(call.lengthBytes()).isEqualTo(0x4000);
    assertThat(((SyscallCause) found.get(0)).durationPs()).isZero();
  }

  @Test
  void shouldImplyNothingWhereTheCallFailed() {
    assertThat(implied(
        fault("0x10000"), unmap("0x12000", "0x2000"),
        advise("0x10000", "0x4000", "0xfffffffffffffff4"))).isEmpty();
  }

  /** All of it is new, so that nothing older is taken away. */
  @Test
  void shouldImplyNothingWhereAllOfTheRangeHadBeenUnmapped() {
    assertThat(implied(
        fault("0x10000"), unmap("0x10000", "0x4000"), advise("0x10000", "0x4000", "0x0")))
        .isEmpty();
  }

  @Test
  void shouldImplyNothingWhereAFaultHasShownThatTheHoleIsMapped() {
    assertThat(implied(
        fault("0x10000"), unmap("0x12000", "0x2000"), fault("0x13000"),
        advise("0x10000", "0x4000", "0x0"))).isEmpty();
  }

  @Test
  void shouldImplyEachMappingOnce() {
    assertThat(implied(
        fault("0x10000"), unmap("0x12000", "0x2000"), advise("0x10000", "0x4000", "0x0"),
        advise("0x10000", "0x4000", "0x0"))).hasSize(1);
  }

  @Test
  void shouldImplyNothingWhenTheRecordingHasMappings() {
    assertThat(implied(
        fault("0x10000"), unmap("0x12000", "0x2000"), mmap("0x12000", "0x2000"),
        advise("0x10000", "0x4000", "0x0"))).isEmpty();
  }

  @Test
  void shouldTakeTheTailOfAShrunkMappingForAHole() {
    assertThat(implied(
        fault("0x10000"),
        "sys_enter_mremap: addr: 0x10000, old_len: 0x4000, new_len: 0x2000, flags: 0x0,"
            + " new_addr: 0x0",
        "sys_exit_mremap: 0x10000", advise("0x10000", "0x4000", "0x0"))).hasSize(1);
  }
}
