package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressSpacesTest {
  private static final long LIBRARY = 0x7faf_66b0_0000L;
  private static final long US = 1_000_000;
  private static final int READ = 0x4;
  private static final int FETCH = 0x14;

  private final List<Cause> causes = new ArrayList<>();
  private long nowPs;

  private void fault(int tid, long address, int errorCode) {
    nowPs += 100 * US;
    causes.add(new FaultCause(nowPs, 0, tid, address, errorCode == FETCH ? address : 1, errorCode));
  }

  private void call(Syscall kind, int tid, long address, long lengthBytes) {
    nowPs += 100 * US;
    causes.add(new SyscallCause(nowPs, nowPs + US, 0, 0, tid,
        new SystemCall(kind, List.of(address, lengthBytes, 0L), 0)));
  }

  private AddressSpaces infer() {
    return AddressSpaces.infer(causes, Map.of());
  }

  @ParameterizedTest
  @CsvSource({"ping-munmap.trace-cmd, 15107, 15108, ping",
      "ping-munmap.tracefs, 15107, 15108, ping",
      "ping-dontneed.trace-cmd, 15152, 15153, ping", "mremap.trace-cmd, 28502, 28503, mremapwl"})
  void shouldFindOneSpaceOfTwoThreadsInShippedTraces(
      String name, int worker, int toucher, String comm) {
    Causes recorded = Causes.of(Traces.readShipped(name));
    AddressSpaces spaces = AddressSpaces.infer(recorded.list(), recorded.names());
    assertThat(spaces.spaces()).hasSize(2);
    assertThat(spaces.spaces().get(0).tids()).containsExactly(worker);
    assertThat(spaces.spaces().get(0).explanation()).contains("before exec");
    assertThat(spaces.spaces().get(1).tids()).containsExactly(worker, toucher);
    assertThat(spaces.spaces().get(1).explanation())
        .contains(worker + " (" + comm + ")").contains(toucher + " (toucher)");
    assertThat(spaces.spaceOf(toucher)).hasValue(1);
    assertThat(spaces.spaceOf(worker, 0)).hasValue(0);
    assertThat(spaces.spaceOf(worker, 1)).hasValue(1);
    assertThat(spaces.spaceOf(0)).isEmpty();
    assertThat(spaces.spaceOf(15)).isEmpty();
    assertThat(recorded.names()).containsKey(0);
    assertThat(AddressSpaces.infer(recorded.list(), new TreeMap<>(recorded.names())))
        .isEqualTo(spaces);
  }

  @Test
  void shouldJoinThreadsWhenTheyUseDifferentPagesOfOneRegion() {
    fault(1, LIBRARY, READ);
    fault(1, LIBRARY + 0x5000, READ);
    fault(2, LIBRARY + 0x9000, READ);
    call(Syscall.MUNMAP, 3, LIBRARY + 0x20000, 0x1000);
    assertThat(infer().spaces()).extracting(AddressSpace::tids)
        .singleElement().asString().isEqualTo("[1, 2, 3]");
  }

  @Test
  void shouldKeepForkedChildApartWhenItFaultsTheParentsPagesInAgain() {
    fault(1, LIBRARY, READ);
    fault(1, LIBRARY + 0x5000, READ);
    fault(2, LIBRARY, READ);
    fault(2, LIBRARY + 0x5000, READ);
    fault(2, LIBRARY + 0x9000, READ);
    AddressSpaces spaces = infer();
    assertThat(spaces.spaceOf(1)).hasValue(0);
    assertThat(spaces.spaceOf(2)).hasValue(1);
    assertThat(spaces.spaces().get(1).explanation()).contains("near space 0", "fork");
  }

  @Test
  void shouldKeepChildrenOfOneParentApart() {
    for (int tid = 1; tid <= 4; tid++) {
      fault(tid, LIBRARY, READ);
      fault(tid, LIBRARY + 0x5000, FETCH);
    }
    assertThat(infer().spaces()).hasSize(4);
  }

  @Test
  void shouldJoinThreadsWhenACallTookThePagesOutInBetween() {
    fault(1, LIBRARY, READ);
    fault(1, LIBRARY + 0x5000, READ);
    call(Syscall.MADVISE, 1, LIBRARY, 0x5001);
    fault(2, LIBRARY, READ);
    fault(2, LIBRARY + 0x5000, READ);
    assertThat(infer().spaces()).hasSize(1);
  }

  @Test
  void shouldKeepChildApartWhenTheCallOnlyChangedPermissions() {
    fault(1, LIBRARY, READ);
    fault(1, LIBRARY + 0x5000, READ);
    call(Syscall.MPROTECT, 1, LIBRARY, 0x6000);
    fault(2, LIBRARY, READ);
    fault(2, LIBRARY + 0x5000, READ);
    assertThat(infer().spaces()).hasSize(2);
  }

  @Test
  void shouldJoinThreadsWhenTheyRacedForAPage() {
    for (int page = 0; page < 5; page++) {
      fault(1, LIBRARY + page * 0x1000, READ);
      nowPs -= 98 * US;
      fault(2, LIBRARY + page * 0x1000, READ);
    }
    assertThat(causes.get(1).atPs() - causes.get(0).atPs()).isEqualTo(2 * US);
    assertThat(infer().spaces()).hasSize(1);
  }

  @Test
  void shouldJoinThreadsWhenCopyOnWriteIsBrokenTwice() {
    // A fork in between, of which nothing is traced, write-protects the page again for both.
    fault(1, LIBRARY, 0x7);
    fault(1, LIBRARY + 0x1000, 0x7);
    fault(2, LIBRARY, 0x7);
    fault(2, LIBRARY + 0x1000, 0x7);
    assertThat(infer().spaces()).hasSize(1);
  }

  @Test
  void shouldKeepProgramsApartWhenTheirRegionsDiffer() {
    fault(1, LIBRARY, READ);
    fault(2, LIBRARY + (2L << 30), READ);
    assertThat(infer().spaces()).extracting(AddressSpace::id).containsExactly(0, 1);
  }

  @Test
  void shouldJoinRegionsThatAreNeighbours() {
    fault(1, LIBRARY, READ);
    fault(2, LIBRARY + (1L << 30), READ);
    fault(3, LIBRARY - (1L << 30), READ);
    assertThat(infer().spaces()).hasSize(1);
  }

  @Test
  void shouldJoinLateWhenAThirdThreadLinksTwo() {
    long heap = 0xc000_0000L;
    fault(1, LIBRARY, READ);
    fault(2, heap, READ);
    fault(3, heap + 0x1000, READ);
    fault(3, LIBRARY + 0x1000, READ);
    fault(3, LIBRARY + 0x2000, READ);
    assertThat(infer().spaces()).hasSize(1);
  }

  @Test
  void shouldCountAThreadAsTheProgramOfMostOfItsLifeWhenItCallsExec() {
    long shell = 0x7f74_5a00_0000L;
    fault(1, shell, READ);
    fault(1, shell + 0x1000, READ);
    fault(1, shell + 0x2000, READ);
    fault(2, shell + 0x9000, READ);
    fault(2, LIBRARY, FETCH);
    for (int page = 1; page < 9; page++) {
      fault(2, LIBRARY + page * 0x1000, READ);
    }
    fault(3, LIBRARY + 0x70000, READ);
    AddressSpaces spaces = infer();
    assertThat(spaces.spaceOf(1)).hasValue(0);
    assertThat(spaces.spaceOf(2)).hasValue(1);
    assertThat(spaces.spaceOf(3)).hasValue(1);
    assertThat(spaces.spaces().get(1).explanation())
        .isEqualTo("threads 2, 3: 10 calls and faults in 1 regions of 1 GiB;"
            + " 1 more of another program image (exec)");
  }

  @Test
  void shouldFindNoSpaceWhenNothingWasTouched() {
    causes.add(new SwitchCause(1, 0, 5, ThreadState.SLEEPING, 6));
    fault(0, LIBRARY, READ);
    assertThat(infer().spaces()).isEmpty();
    assertThat(infer().spaceOf(5)).isEmpty();
  }
}
