package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryCausesTest {
  private static final SystemPool POOL = new SystemPool();
  private static final List<String> TWO_THREADS = List.of(
      " a-1 (  1) [000] ..... 1.000010: page_fault_user: address=0x1000 ip=0x9 error_code=0x6",
      " b-2 (  1) [001] ..... 1.000020: page_fault_user: address=0x2000 ip=0x9 error_code=0x6",
      " b-2 (  1) [001] ..... 1.000025: page_fault_user: address=0x5000 ip=0x9 error_code=0x6");

  @TempDir Path directory;

  @AfterAll
  static void close() {
    POOL.close();
  }

  private Comparison replayed(String... more) {
    List<String> lines = new ArrayList<>(TWO_THREADS);
    lines.addAll(List.of(more));
    Recording recording = Traces.read(directory, lines.toArray(String[]::new));
    return new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()))
        .compare("t", recording);
  }

  private static Comparison.Row row(Comparison comparison, String operation) {
    return comparison.rows().stream()
        .filter(row -> row.operation().equals(operation) && row.pages() == 0)
        .findFirst().orElseThrow();
  }

  @Test
  void shouldFlushOnceForABatchOfMigratedPages() {
    Comparison comparison = replayed(
        " a-1 (  1) [000] ..... 1.000040: set_migration_pte: addr=2000, pte=5 order=0",
        " a-1 (  1) [000] ..... 1.000041: set_migration_pte: addr=1000, pte=5 order=0",
        " a-1 (  1) [000] ..... 1.000042: set_migration_pte: addr=5000, pte=5 order=0",
        " a-1 (  1) [000] ..... 1.000043: tlb_flush: pages:-1 reason:remote ipi send (4)",
        " a-1 (  1) [000] ..... 1.000044: remove_migration_pte: addr=1000, pte=5 order=0");
    Comparison.Row migrate = row(comparison, "migrate");
    assertThat(migrate.count()).isEqualTo(1);
    assertThat(migrate.simulated().ipis()).isEqualTo(1);
    assertThat(migrate.unexplained()).isEqualTo(1);
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }

  @Test
  void shouldCutABatchIntoRunsAndEndItWithTheThreadsNextDoing() {
    Recording recording = Traces.read(directory,
        " k-9 [000] 1.000001: set_migration_pte: addr=2000, pte=5 order=0",
        " x-8 [001] 1.000002: set_migration_pte: addr=9000, pte=5 order=0",
        " k-9 [000] 1.000003: set_migration_pte: addr=1000, pte=5 order=0",
        " k-9 [000] 1.000004: remove_migration_pte: addr=1000, pte=5 order=0",
        " k-9 [000] 1.000005: set_migration_pte: addr=200000, pte=5 order=9");
    assertThat(Causes.of(recording).list()).containsExactly(
        new MigrateCause(1_000_000, 0, 9, List.of(new PageRange(1, 2))),
        new MigrateCause(2_000_000, 1, 8, List.of(PageRange.of(9))),
        new MigrateCause(5_000_000, 0, 9, List.of(new PageRange(512, 512))));
  }

  @Test
  void shouldTakeOlderPagesAwayWhenAMappingReplacesThem() {
    Comparison comparison = replayed(
        " a-1 (  1) [000] ..... 1.000040: sys_mmap(addr: 0x1000, len: 0x2000, prot: 0x3,"
            + " flags: 0x32, fd: 0xffffffffffffffff, off: 0x0)",
        " a-1 (  1) [000] ..... 1.000060: sys_mmap -> 0x1000",
        " a-1 (  1) [000] ..... 1.000070: sys_mmap(addr: 0x0, len: 0x2000, prot: 0x3,"
            + " flags: 0x22, fd: 0xffffffffffffffff, off: 0x0)",
        " a-1 (  1) [000] ..... 1.000080: sys_mmap -> 0x5000",
        " b-2 (  1) [001] ..... 1.000090: page_fault_user: address=0x9000 ip=0x9 error_code=0x6");
    assertThat(row(comparison, "mmap-fixed").count()).isEqualTo(1);
    assertThat(comparison.simulated().ipis()).isEqualTo(1);
  }

  @Test
  void shouldNameWhatItDoesNotReplay() {
    Comparison comparison = replayed(
        " z-7 (  7) [000] ..... 1.000040: exit_mmap: mt_mod 0xff, DESTROY",
        " k-9 [000] ..... 1.000041: mm_collapse_huge_page: mm=0xff, isolated=1,"
            + " status=succeeded",
        " k-9 [000] ..... 1.000042: set_migration_pte: addr=7f0000000000, pte=5 order=0",
        " k-9 [000] ..... 1.000043: vm_unmapped_area: addr=0x7 err=0",
        " a-1 (  1) [000] ..... 1.000044: sched_switch: prev_comm=a prev_pid=1 prev_prio=120"
            + " prev_state=S ==> next_comm=stranger next_pid=77 next_prio=120",
        " b-2 (  1) [001] ..... 1.000045: sys_munmap(addr: 0x2000, len: 0x1000)");
    assertThat(comparison.remarks())
        .contains("1 calls not replayed: their begin or end was not recorded (first at line 9)")
        .contains("1 exit_mmap not replayed: nothing is known of what was mapped")
        .contains("1 mm_collapse_huge_page not replayed: no address space, or more than one, is"
            + " known to have asked for it")
        .contains("1 events of no use here: vm_unmapped_area (first at line 7)")
        .anyMatch(remark -> remark.startsWith("1 migrations not replayed"))
        .anyMatch(remark -> remark.startsWith("1 foreign threads")
            && remark.endsWith("(first 77 at line 8)"));
  }

  @Test
  void shouldTakeThreadsOfAProcessForOneSpaceWhateverTheyTouch() {
    Recording recording = Traces.read(directory,
        " a-1 (  1) [000] ..... 1.000001: task_newtask: pid=3 comm=c clone_flags=3d0f00"
            + " oom_score_adj=0",
        " a-1 (  1) [000] ..... 1.000010: page_fault_user: address=0x1000 ip=0x9 error_code=0x6",
        " b-2 (  1) [001] ..... 1.000020: page_fault_user: address=0x7f0000002000 ip=0x9"
            + " error_code=0x6",
        " d-4 (  4) [001] ..... 1.000030: page_fault_user: address=0x2000 ip=0x9 error_code=0x6");
    Causes causes = Causes.of(recording);
    AddressSpaces spaces =
        AddressSpaces.infer(causes.list(), causes.names(), recording.groups());
    assertThat(spaces.spaces()).hasSize(2);
    assertThat(spaces.spaces().get(0).tids()).containsExactly(1, 2, 3);
    assertThat(AddressSpaces.infer(causes.list(), causes.names()).spaceOf(4)).hasValue(0);
  }
}
