package dev.shootdown.hardware.iommu;

import java.util.Map;
import java.util.TreeMap;

/**
 * The PASID-state table: whether a device works in a PASID, and whether an invalidation was left
 * until one does (first-generation VT-d; {@code pasid_state_table} in Linux 4.4's intel-svm.c,
 * whose bit 63 asks for that). The table is in memory; here its accesses are messages to the IOMMU.
 */
final class PasidUses {
  private static final class Use {
    private int devices;
    private boolean deferred;
  }

  private final Map<Integer, Use> byPasid = new TreeMap<>();

  /**
   * A device begins to work in {@code pasid}; whether all of it has to be forgotten before.
   */
  boolean begin(int pasid) {
    Use use = of(pasid);
    boolean forget = use.deferred;
    use.deferred = false;
    use.devices++;
    return forget;
  }

  /** A device has ended its work in {@code pasid}; false if none had begun. */
  boolean end(int pasid) {
    Use use = of(pasid);
    if (use.devices == 0) {
      return false;
    }
    use.devices--;
    return true;
  }

  /**
   * Software would leave an invalidation until {@code pasid} is used: the compare-and-swap of 0,
   * which fails if a device works in it, and if an invalidation was left already.
   */
  boolean defer(int pasid) {
    Use use = of(pasid);
    if (use.devices > 0 || use.deferred) {
      return false;
    }
    use.deferred = true;
    return true;
  }

  private Use of(int pasid) {
    return byPasid.computeIfAbsent(pasid, none -> new Use());
  }
}
