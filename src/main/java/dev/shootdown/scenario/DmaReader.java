package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.scenario.Scenario.DeviceKind;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what devices do. */
final class DmaReader {
  private final WorkReader work;
  private final List<Process> processes;
  private final List<DevicePart> devices;

  DmaReader(WorkReader work, List<Process> processes, List<DevicePart> devices) {
    this.work = work;
    this.processes = processes;
    this.devices = devices;
  }

  Map<String, List<DmaJob>> read(List<Settings> entries) {
    Map<String, List<DmaJob>> jobs = new TreeMap<>();
    for (Settings at : entries) {
      String name = at.text("device");
      int device = -1;
      for (int i = 0; i < devices.size(); i++) {
        device = devices.get(i).name().equals(name) ? i : device;
      }
      if (device < 0) {
        at.problem("device", "there is no device '" + name + "'");
      }
      int mm = work.process(at);
      if (device >= 0 && mm < processes.size() && devices.get(device).iommu() >= 0
          && !processes.get(mm).devices().contains(device)) {
        at.problem("process", "'" + name + "' is not among the devices of this process");
      }
      long page = page(at, mm);
      long atPs = at.timePs("at");
      Access access = at.choice("access", Access.class);
      int count = at.countOr("count", 1, 1_000_000, 1);
      long everyPs = at.timePsOr("every", 0);
      long sizeBytes = at.bytesOr("size", 64);
      if (sizeBytes < 1 || sizeBytes > 4096) {
        at.problem("size", "a transfer has 1 to 4096 bytes, so that it stays within its page");
      }
      jobs.computeIfAbsent(name, key -> new ArrayList<>())
          .add(
              new DmaJob(
                  atPs, pasid(device, mm), page, access, count, everyPs, sizeBytes,
                  untilPs(at, device, atPs)));
      at.finish();
    }
    return jobs;
  }

  /** By what the device calls the address space: one that translates nothing needs no PASID. */
  private int pasid(int device, int mm) {
    return device >= 0 && devices.get(device).iommu() >= 0 && mm < processes.size()
        ? Pasids.of(processes, mm) : mm;
  }

  private long untilPs(Settings at, int device, long atPs) {
    if (!at.has("until")) {
      return DmaJob.FOR_EVER;
    }
    if (device >= 0 && !(devices.get(device).kind() instanceof DeviceKind.Ats)) {
      at.notModelled("until", "only an ats-device can be stopped in an address space");
    }
    long untilPs = at.timePs("until");
    if (untilPs <= atPs) {
      at.problem("until", "must come after 'at'");
    }
    return untilPs;
  }

  private long page(Settings at, int mm) {
    int page = at.countOr("page", 0, Integer.MAX_VALUE, 0);
    try {
      return work.range(mm, List.of(at.text("area"), Integer.toString(page), "1")).firstPage();
    } catch (IllegalArgumentException wrong) {
      at.problem("area", wrong.getMessage());
      return 0;
    }
  }
}
