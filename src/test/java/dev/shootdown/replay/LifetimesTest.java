package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifetimesTest {
  private static final SystemPool POOL = new SystemPool();
  /** Two threads of process 1, on both CPUs; the first has written two pages. */
  private static final List<String> TWO_THREADS = List.of(
      parent(10, "page_fault_user: address=0x1000 ip=0x9 error_code=0x6"),
      parent(12, "page_fault_user: address=0x2000 ip=0x9 error_code=0x6"),
      " b-2 (  1) [001] ..... 1.000020: page_fault_user: address=0x5000 ip=0x9 error_code=0x6");

  @TempDir Path directory;

  @AfterAll
  static void close() {
    POOL.close();
  }

  private static String parent(int atUs, String body) {
    return String.format(" a-1 (  1) [000] ..... 1.%06d: %s", atUs, body);
  }

  private static String child(int atUs, String body) {
    return String.format(" c-3 (  3) [000] ..... 1.%06d: %s", atUs, body);
  }

  private static String write(String page, boolean present) {
    return "page_fault_user: address=" + page + " ip=0x9 error_code=" + (present ? "0x7" : "0x6");
  }

  private Comparison replayed(String... more) {
    List<String> lines = new ArrayList<>(TWO_THREADS);
    lines.addAll(List.of(more));
    return new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()))
        .compare("t", Traces.read(directory, lines.toArray(String[]::new)));
  }

  private static Comparison.Row row(Comparison comparison, String operation) {
    return comparison.rows().stream()
        .filter(row -> row.operation().equals(operation) && row.pages() == 0)
        .findFirst().orElseThrow();
  }

  @Test
  void shouldFlushTheParentOnceAndCopyPagesUntilOneOwnerIsLeft() {
    Comparison comparison = replayed(
        parent(90, "tlb_flush: pages:-1 reason:remote IPI send (4)"),
        parent(91, "csd_queue_cpu: cpu=1 callsite=f+0x1/0x2 func=flush_tlb_func csd=0x1"),
        parent(100, "task_newtask: pid=3 comm=a clone_flags=1200000 oom_score_adj=0"),
        parent(200, write("0x1000", true)),
        child(300, write("0x1000", true)),
        child(310, write("0x2000", true)),
        child(400, "exit_mmap: mt_mod 0xff, DESTROY"),
        parent(500, write("0x2000", true)),
        " b-2 (  1) [001] ..... 1.000900: " + write("0x6000", false));
    Comparison.Row fork = row(comparison, "fork");
    assertThat(fork.count()).isEqualTo(1);
    assertThat(fork.simulated().ipis()).isEqualTo(1);
    assertThat(fork.recorded().ipis()).isEqualTo(1);
    // Of 0x1000 the parent gets a copy and the child keeps the page; of 0x2000 it is the child.
    assertThat(row(comparison, "cow-break").count()).isEqualTo(2);
    assertThat(row(comparison, "exit").simulated().flushes()).isEqualTo(1);
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }

  @Test
  void shouldImplyAForkFromAWriteToAPageThatOnlyAnotherSpaceHasFaultedIn() {
    Comparison comparison = replayed(
        child(300, write("0x1000", true)), child(310, write("0x2000", true)),
        " b-2 (  1) [001] ..... 1.000900: " + write("0x6000", false));
    assertThat(row(comparison, "fork").count()).isEqualTo(1);
    assertThat(row(comparison, "cow-break").count()).isEqualTo(2);
    assertThat(comparison.remarks()).anyMatch(remark -> remark.startsWith("1 forks not recorded"));
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }

  @Test
  void shouldMakeNoForkOfAThread() {
    Comparison comparison = replayed(
        parent(100, "task_newtask: pid=3 comm=a clone_flags=3d0f00 oom_score_adj=0"));
    assertThat(comparison.rows()).noneMatch(row -> row.operation().equals("fork"));
  }

  @Test
  void shouldTearDownTheOldSpaceWhenAThreadGoesOnWithAnotherProgram() {
    Comparison comparison = replayed(
        child(100, write("0x8000", false)),
        child(200, "exit_mmap: mt_mod 0xff, DESTROY"),
        child(210, "sched_process_exec: filename=/bin/true pid=3 old_pid=3"),
        child(300, write("0x8000", false)),
        child(400, "exit_mmap: mt_mod 0xee, DESTROY"),
        " b-2 (  1) [001] ..... 1.000900: " + write("0x6000", false));
    assertThat(row(comparison, "exec").count()).isEqualTo(1);
    assertThat(row(comparison, "exec").simulated().flushes()).isEqualTo(1);
    assertThat(row(comparison, "exit").count()).isEqualTo(1);
    assertThat(comparison.remarks()).anyMatch(remark -> remark.contains("before exec"));
  }

  @Test
  void shouldInterruptALazyCpuWhenTheSpaceThatItBorrowsGoesAway() {
    Comparison comparison = replayed(
        " b-2 (  1) [001] ..... 1.000100: sched_switch: prev_comm=b prev_pid=2 prev_prio=120"
            + " prev_state=X ==> next_comm=swapper/1 next_pid=0 next_prio=120",
        parent(300, "exit_mmap: mt_mod 0xff, DESTROY"));
    assertThat(row(comparison, "exit").simulated().ipis()).isEqualTo(1);
  }

  @Test
  void shouldCollapseEachBlockThatMadviseNames() {
    List<String> lines = new ArrayList<>();
    for (int page = 0x200; page < 0x204; page++) {
      lines.add(parent(40 + page - 0x200, write("0x" + Integer.toHexString(page) + "000", false)));
    }
    lines.add(parent(100,
        "sys_madvise(start: 0x200000, len_in: 0x400000, behavior: 0x19)"));
    lines.add(parent(300, "sys_madvise -> 0x0"));
    lines.add(parent(400, "sys_munmap(addr: 0x201000, len: 0x1000)"));
    lines.add(parent(450, "sys_munmap -> 0x0"));
    lines.add(" b-2 (  1) [001] ..... 1.000900: " + write("0x6000", false));
    Comparison comparison = replayed(lines.toArray(String[]::new));
    assertThat(row(comparison, "collapse").count()).isEqualTo(1);
    assertThat(row(comparison, "collapse").simulated().ipis()).isEqualTo(1);
    // The huge page is split before a part of it is unmapped.
    assertThat(row(comparison, "munmap").simulated().flushes()).isEqualTo(2);
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }
}
