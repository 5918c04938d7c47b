package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WitnessTest {
  private static final String COMMAND = "./shootdown run museum/mremap:broken -D run.seed=7";

  private final Court court = new Court();
  private final Scene scene = new Scene(court);

  private String witness() {
    return Witness.of(court.judgement().findings().get(0).staleUse().orElseThrow(), COMMAND);
  }

  private static String joined(String witness) {
    return witness.replaceAll("\\s+", " ");
  }

  private static void assertNarrow(String witness) {
    assertThat(witness.lines()).allMatch(line -> line.length() <= 80, "at most 80 characters");
    assertThat(witness).matches("[ -~\n]*").endsWith("\n");
  }

  private void lateFlush(String cpu, String iommu, String device, long offsetPs) {
    scene.begins(offsetPs + 1_000, cpu, 1, "mremap", new PageRange(5, 1))
        .fills(offsetPs + 10_250, device, 5, 7, offsetPs + 8_000)
        .clears(offsetPs + 20_000, 5, 7).frees(offsetPs + 40_000, 1, 7)
        .flushBegins(offsetPs + 45_000, cpu, 1, Audience.SECONDARY, PageRange.of(5))
        .uses(offsetPs + 50_000, device, 5, 7, 1)
        .state(offsetPs + 51_000, iommu,
            new MachineFact.InvalidationSent(0, Scene.MM, PageRange.of(5), 3))
        .state(offsetPs + 52_000, device,
            new MachineFact.InvalidationTaken(Scene.MM, PageRange.of(5), 3))
        .drops(offsetPs + 52_000, device, 5)
        .state(offsetPs + 53_000, device, new MachineFact.InvalidationDone(3))
        .flushEnds(offsetPs + 55_000, cpu, 1, Audience.SECONDARY);
  }

  @Test
  void shouldTellTheWholeStoryWhenFlushCameTooLate() {
    lateFlush("cpu0", "iommu0", "dev0", 0);
    assertNarrow(witness());
    assertThat(witness())
        .isEqualTo(
            """
            stale-use: dev0, mm 1, address 0x5000, frame 0x7: held when the frame was freed,
                     and used later

                ns | cpu0                   | iommu0       | dev0
            -------+------------------------+--------------+---------------------------
            10.250 |                        |              | caches 0x5000 -> frame 0x7
            20.000 | PTE cleared            |              |
            40.000 | PAGE-FREE of frame 0x7 |              | STILL HOLDS IT
            45.000 | SEC-INV begins         |              |
            50.000 |                        |              | USES THE FREED FRAME
            51.000 |                        | sends itag 3 |

            cached:  dev0 at 10.250 ns, from a walk that read the PTE at 8.000 ns
            stale:   PTE cleared at 20.000 ns by cpu0 (stated by pagetable0)
            freed:   at 40.000 ns by cpu0, operation 1 (mremap)
            cover:   SEC-INV of operation 1 (mremap) on cpu0 came too late: it began 5.000
                     ns after the free; the invalidation (itag 3) left iommu0 at 51.000 ns,
                     arrived at 52.000 ns, and was completed at 53.000 ns
            edge:    SEC-INV of 0x5000-0x6000 before PAGE-FREE in mremap would prevent it
            delay:   to see it in a real kernel, put one between PAGE-FREE and SEC-INV in
                     mremap
            where:   the PTE step in move_ptes(); SEC-INV in
                     mmu_notifier_arch_invalidate_secondary_tlbs() (before 6.6
                     mmu_notifier_invalidate_range()); PAGE-FREE in tlb_batch_pages_flush()
                     or __folio_put()
            again:
            ./shootdown run museum/mremap:broken -D run.seed=7
            """);
  }

  @Test
  void shouldStayNarrowWhenNamesAreLong() {
    lateFlush(
        "socket0.core17.thread1.a-cpu-with-quite-a-long-name",
        "root-complex-3/iommu-behind-a-switch-that-nobody-remembers",
        "gerät-mit-einem-langen-namen-ohne-jede-leerstelle-0123456789abcdef",
        9_000_000_000_000_000L);
    assertNarrow(witness());
    assertThat(witness()).contains("9000000000040.000").doesNotContain("ä");
  }

  @Test
  void shouldFoldColumnsWhenMoreThanFourTakePart() {
    scene.begins(0, "cpu1", 2, "truncate", new PageRange(500, 1))
        .fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .flushBegins(25, "cpu0", 1, Audience.SECONDARY, PageRange.of(5))
        .state(31, "iommu0", new MachineFact.InvalidationSent(0, 1, PageRange.of(5), 3))
        .frees(40, 2, 7);
    assertNarrow(witness());
    assertThat(joined(witness()))
        .contains("ns | others | pagetable0 | iommu0 | dev0")
        .contains("cpu0: SEC-INV begins")
        .contains("cpu1: PAGE-FREE");
  }

  @Test
  void shouldShowWalkWhenItReadBeforeTheChangeAndCachedAfter() {
    scene.begins(0, "cpu0", 1, "munmap", new PageRange(5, 1)).clears(20_000, 5, 7)
        .frees(40_000, 1, 7).fills(45_000, "dev0", 5, 7, 15_000);
    assertNarrow(witness());
    assertThat(joined(witness()))
        .contains("walk reads the PTE")
        .contains("caches it, too late")
        .contains("between reading the PTE and caching");
  }

  @Test
  void shouldSayWhereToDelayWhenFlushIsMissingOrUnfinished() {
    scene.begins(0, "cpu0", 1, "munmap", new PageRange(5, 1)).fills(10, "dev0", 5, 7, 8)
        .clears(20, 5, 7);
    Court other = new Court();
    new Scene(other).fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .flushBegins(25, "cpu0", 1, Audience.SECONDARY, PageRange.of(5)).frees(40, 1, 7);
    scene.frees(40, 1, 7);
    assertThat(joined(witness())).contains("no SEC-INV covered")
        .contains("delay: none is needed in a real kernel: nothing takes the entry away");
    String unfinished =
        Witness.of(other.judgement().findings().get(0).staleUse().orElseThrow(), COMMAND);
    assertThat(joined(unfinished))
        .contains("was not over when the frame was freed")
        .contains("between submitting SEC-INV and its completion");
  }

  @Test
  void shouldSayRangeWhenFlushLeftPageOut() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .flushBegins(21, "cpu0", 1, Audience.SECONDARY, new PageRange(6, 4)).frees(40, 1, 7);
    assertThat(joined(witness())).contains("flushed 0x6000-0xa000 only, without the page");
  }

  @Test
  void shouldNameCpuFlushWhenACpuUsedTheFrame() {
    scene.loads(0, "cpu1").begins(0, "cpu0", 1, "munmap", new PageRange(5, 1))
        .fills(10, "cpu1", 5, 7, 8).clears(20, 5, 7).frees(40, 1, 7).uses(50, "cpu1", 5, 7, -1);
    assertNarrow(witness());
    assertThat(joined(witness())).contains("no CPU-FLUSH covered").contains("USES THE FREED FRAME");
  }

  @Test
  void shouldSayLittleWhenLittleWasSeen() {
    scene.frees(40, 1, 7).uses(50, "dev0", 5, 7, 1);
    assertNarrow(witness());
    assertThat(joined(witness())).contains("at a time that was not seen").contains("no PTE change");
  }

  @Test
  void shouldEndWithCommandWhenItFits() {
    lateFlush("cpu0", "iommu0", "dev0", 0);
    assertThat(witness()).endsWith("again:\n" + COMMAND + "\n");
  }

  @Test
  void shouldSayWhatCountsWhenAnotherDeedThanAFreeIsOffended() {
    scene.begins(0, "cpu0", 1, "fork", new PageRange(5, 1)).fills(10_000, "dev0", 5, 7, 9_000)
        .changes(20_000, MachineFact.Change.PROTECTED, 5, 7)
        .shares(30_000, MachineFact.Share.FORK, 7).uses(40_000, "dev0", 5, 7, 1);
    assertNarrow(witness());
    assertThat(witness())
        .isEqualTo(
            """
            cow-breach: dev0, mm 1, address 0x5000, frame 0x7: written while parent and
                     child share the frame

                ns | cpu0                | dev0
            -------+---------------------+---------------------------
            10.000 |                     | caches 0x5000 -> frame 0x7
            20.000 | PTE write-protected |
            30.000 | end of fork         |
            40.000 |                     | WRITES IT ALL THE SAME

            cached:  dev0 at 10.000 ns, from a walk that read the PTE at 9.000 ns
            stale:   PTE write-protected at 20.000 ns by cpu0 (stated by pagetable0)
            since:   end of fork at 30.000 ns by cpu0, operation 1 (fork)
            cover:   no SEC-INV covered the page, neither before the end of fork nor after
            edge:    SEC-INV of 0x5000-0x6000 before SHARE in fork would prevent it
            delay:   none is needed in a real kernel: nothing takes the entry away
            where:   the PTE step in copy_pte_range(); SEC-INV in
                     mmu_notifier_arch_invalidate_secondary_tlbs() (before 6.6
                     mmu_notifier_invalidate_range()); end of fork in dup_mmap()
            again:
            ./shootdown run museum/mremap:broken -D run.seed=7
            """);
  }

  @Test
  void shouldStayNarrowAndPlainWhateverTheKind() {
    for (StaleUse.Kind kind : StaleUse.Kind.values()) {
      StaleUse known = staleUse(kind, "cpu0", 1, "madvise");
      StaleUse unknown = staleUse(kind, "", -1, "");
      for (StaleUse stale : List.of(known, unknown)) {
        String text = Witness.of(stale, COMMAND);
        assertNarrow(text);
        assertThat(text).startsWith(kind.verdict().text() + ": dev0")
            .contains("edge:").endsWith("again:\n" + COMMAND + "\n");
        if (kind != StaleUse.Kind.KEPT_WITH_ANOTHER) {
          assertThat(text).contains("cover:", "delay:", "where:");
        }
      }
      assertThat(known.edges()).as("%s", kind)
          .allSatisfy(edge -> assertThat(edge.range().contains(5)).isTrue());
      assertThat(known.edges().isEmpty()).isEqualTo(kind == StaleUse.Kind.KEPT_WITH_ANOTHER);
    }
  }

  @Test
  void shouldSayWhatCameOfAnotherRunWhenTheEdgeWasTried() {
    lateFlush("cpu0", "iommu0", "dev0", 0);
    Finding finding = court.judgement().findings().get(0);
    String tried = "with sec-inv all before each page-free in mremap: clean, in the same schedule";
    assertThat(finding.witness(COMMAND).orElseThrow()).doesNotContain("checked:");
    assertThat(joined(finding.withTried(tried).witness(COMMAND).orElseThrow()))
        .contains("would prevent it checked: " + tried + " delay:");
    assertNarrow(finding.withTried(tried).witness(COMMAND).orElseThrow());
  }

  @Test
  void shouldCountAnInvalidationWithoutAPasidAsOneOfAllPasids() {
    scene.begins(1_000, "cpu0", 1, "mremap", new PageRange(5, 1))
        .fills(10_250, "dev0", 5, 7, 8_000).clears(20_000, 5, 7)
        .state(30_000, "iommu0",
            new MachineFact.InvalidationSent(0, -1, PageRange.ALL, 3))
        .state(35_000, "dev0", new MachineFact.InvalidationTaken(-1, PageRange.ALL, 3))
        .frees(40_000, 1, 7);
    assertThat(joined(witness())).contains(
        "the invalidation (itag 3) left iommu0 at 30.000 ns, arrived at 35.000 ns, and was"
            + " never completed");
  }

  private static StaleUse staleUse(
      StaleUse.Kind kind, String cpu, long operation, String path) {
    StaleUse.Entry entry =
        new StaleUse.Entry(
            "dev0", 1, 5, 7, OptionalLong.of(10), OptionalLong.of(8));
    StaleUse.Pte change =
        new StaleUse.Pte("pagetable0", "cpu0", MachineFact.Change.CLEARED, 20);
    return new StaleUse(
        kind, entry, Optional.of(change),
        new StaleUse.Free(cpu, cpu, operation, path, cpu.isEmpty() ? 0 : 30),
        new StaleUse.Cover(
            Audience.SECONDARY, Optional.empty(), Optional.empty(), false),
        kind.isUse() ? OptionalLong.of(40) : OptionalLong.empty());
  }
}
