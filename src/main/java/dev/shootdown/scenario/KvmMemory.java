package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.vcpu.GuestAction;
import dev.shootdown.kernel.kvm.KvmSpec;
import dev.shootdown.protocol.Vcpu;
import java.util.ArrayList;
import java.util.List;

/** What a guest's memory is, and whether what guests and devices touch is part of it. */
final class KvmMemory {
  private static final int PAGE_SHIFT = 12;

  private final Settings root;
  private final Names names;

  KvmMemory(Settings root, Names names) {
    this.root = root;
    this.names = names;
  }

  /** Fills in what depends on processes. */
  void resolve(KvmParts.Vm vm) {
    vm.mm = names.process(vm.at, "process");
    List<Vcpu.Slot> slots = new ArrayList<>();
    for (Settings at : vm.at.children("slots")) {
      Vcpu.Slot slot =
          new Vcpu.Slot(at.address("at") >>> PAGE_SHIFT, names.area(at, "area", vm.mm));
      refuseOverlap(at, slot, slots);
      refuseAbsent(at, "area", vm);
      slots.add(slot);
    }
    if (vm.at.has("apic-area")) {
      Vcpu.Slot slot =
          new Vcpu.Slot(
              KvmParts.APIC_GFN,
              PageRange.of(names.area(vm.at, "apic-area", vm.mm).firstPage()));
      refuseOverlap(vm.at, slot, slots);
      refuseAbsent(vm.at, "apic-area", vm);
      slots.add(slot);
      vm.apicGfn = KvmParts.APIC_GFN;
      if (vm.spec.flush() == KvmSpec.Flush.VMID_BROADCAST) {
        vm.at.problem("apic-area", "an APIC page is x86's; vmid-broadcast is arm64's");
      }
    }
    if (slots.isEmpty()) {
      vm.at.problem("slots", "a guest needs memory: { at = \"0x100000\", area = NAME }");
    }
    vm.slots = slots;
    vm.cacheGfns = caches(vm);
  }

  private static List<Long> caches(KvmParts.Vm vm) {
    List<Long> gfns = new ArrayList<>();
    for (Settings.Item item : vm.at.items("caches")) {
      if (!item.text().matches("0x[0-9a-fA-F]{1,11}|\\d{1,9}")
          || !vm.has(Long.decode(item.text()))) {
        vm.at.problems().add(
            item.origin(), item.path(), "'" + item.text() + "' is no page of the guest");
      } else {
        gfns.add(Long.decode(item.text()));
      }
    }
    return gfns;
  }

  private static void refuseOverlap(Settings at, Vcpu.Slot slot, List<Vcpu.Slot> others) {
    if (others.stream().anyMatch(other -> other.guest().overlaps(slot.guest()))) {
      at.problem("", "two slots share guest pages: " + slot.guest());
    }
    if (others.stream().anyMatch(other -> other.host().overlaps(slot.host()))) {
      at.problem("", "two slots share pages of the process: " + slot.host());
    }
  }

  /** Without a thread that brings pages in they must be there from the start. */
  private void refuseAbsent(Settings at, String key, KvmParts.Vm vm) {
    if (FaultServer.read(vm.at).isPresent()) {
      return;
    }
    String name = at.text(key);
    for (Settings process : root.children("processes")) {
      if (!process.text("name").equals(vm.at.text("process"))) {
        continue;
      }
      for (Settings area : process.children("areas")) {
        boolean there = area.flagOr("mapped", !area.flagOr("reserved", false))
            && area.flagOr("writable", true) && !area.has("same-as");
        if (area.text("name").equals(name) && !there) {
          at.problem(
              key,
              "guest memory that the host has to bring in or to copy first needs a thread; write"
                  + " faults-on, or make '" + name + "' mapped and writable");
        }
      }
    }
  }

  /** Refuses a guest that touches what is no memory. */
  void check(KvmParts.VcpuPart vcpu, KvmParts.Vm vm) {
    boolean told = false;
    for (GuestAction action : vcpu.work().actions()) {
      if (action instanceof GuestAction.Touch touch) {
        if (!told && !vm.has(touch.gfn())) {
          told = true;
          vcpu.at().problem(
              "do", String.format("the guest has no page 0x%x; give it a slot", touch.gfn()));
        }
      } else if (action instanceof GuestAction.Apic && vm.apicGfn < 0) {
        vcpu.at().problem("do", "the guest has no APIC page; give its vm an apic-area");
      } else if (action instanceof GuestAction.WriteCache write
          && write.cache() >= vm.cacheGfns.size()) {
        vcpu.at().problem(
            "do",
            "its vm has " + vm.cacheGfns.size() + " caches, no number " + write.cache());
      }
    }
  }

  /**
   * Refuses a device that reaches for what is no memory.
   *
   * @param nested whether the guest has a table of its own, whose addresses the device uses then
   */
  void check(KvmParts.DevicePart device, KvmParts.Vm vm, boolean nested) {
    if (device.byIova() != nested && !device.jobs().isEmpty()) {
      device.at().problem(
          "dma",
          nested ? "a nested-guest has a table of its own; write iova in place of gfn"
              : "an iova needs a nested-guest, whose table it is an address of");
      return;
    }
    for (DmaJob job : device.jobs()) {
      if (!nested && !vm.has(job.page())) {
        device.at().problem(
            "dma", String.format("the guest has no page 0x%x; give it a slot", job.page()));
      }
    }
  }

  /** Refuses a guest whose driver would take frames that it hasn't got. */
  void check(KvmParts.GuestPart guest, KvmParts.Vm vm) {
    for (long gfn = guest.firstGfn(); gfn < guest.endGfn(); gfn++) {
      if (!vm.has(gfn)) {
        guest.at().problem(
            "frames",
            String.format(
                "what it maps takes the guest's pages from 0x%x to 0x%x, and there is no page"
                    + " 0x%x; give it a slot", guest.firstGfn(), guest.endGfn() - 1, gfn));
        return;
      }
    }
  }
}
