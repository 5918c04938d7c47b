package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;

/** A component as the judges know it: what kind it is, and which translations it holds. */
final class Agent {
  /** A holder's entries for one address space. */
  static final class Held {
    final Entries small = new Entries();
    final Entries huge = new Entries();
  }

  final String name;
  final PlaceMap<Held> held = new PlaceMap<>();

  /** The operation under way on it, as the ledger keeps it, or null. */
  LedgerRow row;

  private final boolean namedIommu;
  private boolean cpu;
  private boolean subscriber;
  private boolean iommu;
  private boolean table;

  Agent(String name) {
    this.name = name;
    this.namedIommu = name.startsWith("iommu") || name.startsWith("smmu");
  }

  void tookContext() {
    cpu = true;
  }

  void sentInvalidation() {
    iommu = true;
  }

  void subscribed() {
    subscriber = true;
  }

  /** It changed page-table entries; false if that was known. */
  boolean changedTable() {
    boolean before = table;
    table = true;
    return !before;
  }

  ComponentKind kind() {
    if (cpu) {
      return ComponentKind.CPU;
    }
    if (subscriber) {
      return ComponentKind.SUBSCRIBER;
    }
    return iommu || namedIommu ? ComponentKind.IOMMU : ComponentKind.DEVICE;
  }

  /** Whether its entries are judged when it uses them, since it may hold what it can't use. */
  boolean isCpu() {
    return cpu;
  }

  /** What it holds for a page: the 4 KiB entry if there are two, or null. */
  Holding holding(int mm, long page) {
    Held own = held.get(mm);
    if (own == null) {
      return null;
    }
    Holding small = own.small.get(page);
    return small != null || own.huge.isEmpty()
        ? small
        : own.huge.get(page & -Holding.HUGE_PAGES);
  }

  /** The entry that {@code fill} gave it, as long as it holds that. */
  Holding holding(MachineFact.Filled fill) {
    Held own = held.get(fill.mm());
    return own == null ? null : (fill.order() > 0 ? own.huge : own.small).get(fill.page());
  }
}
