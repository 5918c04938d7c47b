package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What called for each flush and each notifier call, where the trace has call chains (perf record
 * -g): the functions next to the flush, and the system call or exception at the bottom.
 */
public final class FlushSites {
  private static final int FUNCTIONS = 3;
  private static final List<String> MACHINERY = List.of(
      "flush_tlb_", "__flush_tlb", "native_flush_tlb", "arch_tlbbatch_flush", "on_each_cpu",
      "smp_call_function", "generic_exec_single", "kvm_flush_tlb", "tlb_flush",
      "tlb_finish_mmu", "kvm_mmu_notifier_", "__mmu_notifier_");
  private static final List<String> ENTRIES = List.of("__x64_sys_", "__ia32_sys_", "__arm64_sys_");
  private static final List<String> EXCEPTIONS =
      List.of("asm_exc_page_fault", "exc_page_fault", "do_user_addr_fault");

  private FlushSites() {}

  /**
   * A place in the kernel that flushes.
   *
   * @param event tlb_flush or kvm_unmap_hva_range
   * @param text functions from the flush outwards, and what the thread was in
   * @param count how often
   */
  public record Site(String event, String text, long count) {}

  /** The sites of a recording, the most frequent one first; empty without call chains. */
  public static List<Site> of(Recording recording) {
    TreeMap<String, TreeMap<String, Long>> counts = new TreeMap<>();
    for (TraceEvent event : recording.events()) {
      List<String> stack = recording.stacks().get(event.stamp().line());
      String name = event instanceof TraceEvent.TlbFlush ? "tlb_flush"
          : event instanceof TraceEvent.KvmUnmap ? "kvm_unmap_hva_range" : null;
      if (stack != null && name != null) {
        counts.computeIfAbsent(name, key -> new TreeMap<>()).merge(text(stack), 1L, Long::sum);
      }
    }
    List<Site> sites = new ArrayList<>();
    counts.forEach((event, byText) -> byText.forEach(
        (text, count) -> sites.add(new Site(event, text, count))));
    sites.sort(Comparator.comparingLong((Site site) -> -site.count()).thenComparing(Site::text));
    return Collections.unmodifiableList(sites);
  }

  private static String text(List<String> stack) {
    int from = 0;
    while (from < stack.size() && begins(stack.get(from), MACHINERY)) {
      from++;
    }
    List<String> functions = new ArrayList<>();
    String entry = "";
    for (String function : stack.subList(from, stack.size())) {
      if (begins(function, ENTRIES)) {
        entry = ", in " + function.substring(function.indexOf("_sys_") + "_sys_".length());
        break;
      }
      if (begins(function, EXCEPTIONS)) {
        entry = ", in a page fault";
        break;
      }
      if (functions.size() < FUNCTIONS) {
        functions.add(function);
      }
    }
    return String.join(" < ", functions) + entry;
  }

  private static boolean begins(String function, List<String> prefixes) {
    return prefixes.stream().anyMatch(function::startsWith);
  }
}
