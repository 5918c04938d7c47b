package dev.shootdown.kernel.iommu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which devices are bound to which address space, by IOMMU. Filled before time starts. Address
 * spaces that are given a PASID stand here under that.
 */
public final class Bindings {
  private static final Map<Integer, List<Integer>> NONE = new TreeMap<>();

  private final Map<Integer, Map<Integer, List<Integer>>> byMm = new TreeMap<>();

  /** Binds device number {@code device} of {@code iommu} to address space {@code mm}, once. */
  public void bind(int mm, int iommu, int device) {
    bind(mm, iommu);
    List<Integer> devices = byMm.get(mm).get(iommu);
    if (!devices.contains(device)) {
      devices.add(device);
    }
  }

  /** Binds all that {@code others} binds. */
  public void add(Bindings others) {
    others.byMm.forEach((mm, iommus) -> iommus.forEach((iommu, devices) -> {
      bind(mm, iommu);
      devices.forEach(device -> bind(mm, iommu, device));
    }));
  }

  /** Binds a device of {@code iommu} that caches nothing: only the IOTLB has to forget. */
  public void bind(int mm, int iommu) {
    byMm.computeIfAbsent(mm, key -> new TreeMap<>())
        .computeIfAbsent(iommu, key -> new ArrayList<>());
  }

  /**
   * The devices with caches bound to {@code mm} by IOMMU, both ascending in the order of binding.
   */
  Map<Integer, List<Integer>> of(int mm) {
    return byMm.getOrDefault(mm, NONE);
  }

  /** How many devices with caches are bound to {@code mm}. */
  int count(int mm) {
    return of(mm).values().stream().mapToInt(List::size).sum();
  }

  /** The address spaces that have a device. */
  List<Integer> mms() {
    return List.copyOf(byMm.keySet());
  }
}
