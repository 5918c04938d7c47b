package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Audience;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the steps of a path are in Linux, to put a delay there. Names are those of 6.12 unless they
 * say otherwise; a path is recognised by a word in its name.
 */
final class KernelPlaces {
  private static final Map<String, String> PTE_STEPS = new LinkedHashMap<>();
  private static final Map<StaleUse.Deed, String> DEEDS = new LinkedHashMap<>();

  static {
    PTE_STEPS.put("mremap", "move_ptes()");
    PTE_STEPS.put("mprotect", "change_pte_range()");
    PTE_STEPS.put("fork", "copy_pte_range()");
    PTE_STEPS.put("cow", "wp_page_copy()");
    PTE_STEPS.put("ksm", "write_protect_page() and replace_page()");
    PTE_STEPS.put("split", "__split_huge_pmd_locked()");
    PTE_STEPS.put("collapse", "collapse_huge_page()");
    PTE_STEPS.put("migrat", "try_to_migrate_one()");
    PTE_STEPS.put("reclaim", "try_to_unmap_one()");
    PTE_STEPS.put("clean", "page_vma_mkclean_one()");
    PTE_STEPS.put("dirty", "clear_refs_pte_range()");
    PTE_STEPS.put("clear-refs", "clear_refs_pte_range()");
    PTE_STEPS.put("free", "madvise_free_pte_range()");
    PTE_STEPS.put("uprobe", "__replace_page()");
    PTE_STEPS.put("numa", "change_pte_range()");
    PTE_STEPS.put("uffd", "uffd_wp_range()");
    PTE_STEPS.put("munmap", "zap_pte_range()");
    PTE_STEPS.put("dontneed", "zap_pte_range()");
    PTE_STEPS.put("truncate", "zap_pte_range()");
    PTE_STEPS.put("exit", "zap_pte_range()");
    DEEDS.put(StaleUse.Deed.PAGE_FREE, "tlb_batch_pages_flush() or __folio_put()");
    DEEDS.put(StaleUse.Deed.TABLE_FREE, "__tlb_remove_table()");
    DEEDS.put(StaleUse.Deed.REPOINT, "wp_page_copy() or hugetlb_wp()");
    DEEDS.put(StaleUse.Deed.COPY, "__wp_page_copy_user()");
    DEEDS.put(StaleUse.Deed.FORK, "dup_mmap()");
    DEEDS.put(StaleUse.Deed.MERGE, "try_to_merge_one_page()");
    DEEDS.put(StaleUse.Deed.CLEAN, "folio_mkclean() or pageout()");
    DEEDS.put(StaleUse.Deed.PASID_FREE, "mm_pasid_drop()");
    DEEDS.put(StaleUse.Deed.START, "mmu_notifier_invalidate_range_start()");
  }

  private KernelPlaces() {}

  /** The steps of the case with their functions, as far as there is one. */
  static String of(StaleUse stale) {
    StringBuilder places = new StringBuilder();
    stale.change().ifPresent(
        change -> {
          String function = pteStep(path(stale, change.actor()));
          if (!function.isEmpty()) {
            places.append("the PTE step in ").append(function).append("; ");
          }
        });
    places.append(flush(stale.cover().audience()));
    String deed = DEEDS.get(stale.kind().deed());
    if (deed != null) {
      places.append("; ").append(stale.kind().deed().text()).append(" in ").append(deed);
    }
    return places.toString();
  }

  /** What {@code cpu} was doing: what the deed belongs to, or the flush that came too late. */
  private static String path(StaleUse stale, String cpu) {
    return cpu.equals(stale.free().actor())
        ? stale.free().path()
        : stale.cover().flush().filter(flush -> flush.actor().equals(cpu))
            .map(StaleUse.Flush::path).orElse("");
  }

  private static String flush(Audience audience) {
    return audience == Audience.CPU
        ? "CPU-FLUSH in flush_tlb_mm_range()"
        : "SEC-INV in mmu_notifier_arch_invalidate_secondary_tlbs() (before 6.6"
            + " mmu_notifier_invalidate_range())";
  }

  private static String pteStep(String path) {
    for (Map.Entry<String, String> step : PTE_STEPS.entrySet()) {
      if (path.contains(step.getKey())) {
        return step.getValue();
      }
    }
    return "";
  }
}
