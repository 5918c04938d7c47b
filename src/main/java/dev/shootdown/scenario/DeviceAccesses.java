package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.ats.DmaTrace;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;

/** Accesses of a device: a transfer for each page. */
final class DeviceAccesses implements AccessTarget {
  private final List<Integer> spaces = new ArrayList<>();
  private final List<Integer> pasids = new ArrayList<>();
  private final DmaTrace.Builder trace = new DmaTrace.Builder();

  /** Of device {@code number}; one that bypasses translation works in any process. */
  DeviceAccesses(int number, DevicePart device, List<Process> processes) {
    boolean translates = device.iommu() >= 0;
    for (int mm = 0; mm < processes.size(); mm++) {
      pasids.add(translates ? Pasids.of(processes, mm) : mm);
      if (!translates || processes.get(mm).devices().contains(number)) {
        spaces.add(mm);
      }
    }
  }

  @Override
  public List<Integer> spaces() {
    return spaces;
  }

  @Override
  public void add(AccessRow row) {
    PageRange pages = row.pages();
    for (long page = pages.firstPage(); page < pages.endPage(); page++) {
      trace.add(row.atPs(), pasids.get(row.mm()), page, row.access(), row.bytesIn(page));
    }
  }

  DmaTrace trace() {
    return trace.build();
  }
}
