package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.emulator.GuestAction;
import dev.shootdown.emulator.NestedGuestSpec;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.iommu.NestedSpec;
import dev.shootdown.hardware.vcpu.GuestWork;
import dev.shootdown.hardware.vcpu.VcpuSpec;
import dev.shootdown.kernel.iommufd.KvmDomainSpec;
import dev.shootdown.kernel.kvm.KvmSpec;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.scenario.Links.End;
import dev.shootdown.scenario.PartFamily.Declared;
import java.util.List;

/** The parts of virtual machines as they were declared. */
final class KvmParts {
  /** Address spaces of guests have numbers behind those of processes. */
  private static final int FIRST_SPACE = 1 << 19;

  /** A PASID has 20 bits. */
  private static final int FIRST_STAGE_ONE = 3 << 18;

  private static final int FRAME_BITS = 36;
  private static final long FIRST_GUEST_FRAME = 1L << 48;

  private static final long HUGE_PAGES = 512;

  /** Where x86 has its APIC, in guest pages. */
  static final long APIC_GFN = 0xfee00;

  private KvmParts() {}

  /** The number of a VM's guest-physical address space, which is the PASID of its devices. */
  static int space(int vm) {
    return FIRST_SPACE + vm;
  }

  /** The number of the I/O address space that a VM's own guest keeps, the first of two stages. */
  static int stageOne(int vm) {
    return FIRST_STAGE_ONE + vm;
  }

  /** What guest page 0 of a VM is called as a frame in its own tables. */
  static long firstFrame(int vm) {
    return FIRST_GUEST_FRAME + ((long) vm << FRAME_BITS);
  }

  static End end(Declared part) {
    return new End(part.name(), part.socket());
  }

  /** A virtual machine; what depends on processes is known when all have been read. */
  static final class Vm {
    final Declared part;
    final int number;
    final Settings at;
    final KvmSpec spec;
    int mm;
    long apicGfn = -1;
    List<Vcpu.Slot> slots = List.of();
    List<Long> cacheGfns = List.of();

    Vm(Declared part, int number, Settings at, KvmSpec spec) {
      this.part = part;
      this.number = number;
      this.at = at;
      this.spec = spec;
    }

    End end() {
      return KvmParts.end(part);
    }

    boolean has(long gfn) {
      return slots.stream().anyMatch(slot -> slot.guest().contains(gfn));
    }
  }

  /** A virtual CPU of VM number {@code vm}. */
  record VcpuPart(Declared part, int vm, Settings at, GuestWork work, VcpuSpec spec) {
    End end() {
      return KvmParts.end(part);
    }
  }

  /** An IOMMU on the table of VM number {@code vm}. */
  record IommuPart(
      Declared part, int vm, Settings at, KvmDomainSpec domain, NestedSpec nested,
      IommuSpec spec) {
    End end() {
      return KvmParts.end(part);
    }
  }

  /**
   * A guest's own table before that of IOMMU number {@code iommu} of these.
   *
   * @param firstGfn the first guest page that its driver takes
   */
  record GuestPart(
      Declared part, int iommu, Settings at, long firstGfn, List<GuestAction> actions,
      NestedGuestSpec spec) {
    End end() {
      return KvmParts.end(part);
    }

    /** What reads its command queue. */
    End queue() {
      return new End(part.name() + ".queue", part.socket());
    }

    /** The guest page behind the last one that its driver takes. */
    long endGfn() {
      long end = firstGfn;
      for (GuestAction action : actions) {
        if (action instanceof GuestAction.Map map) {
          long unit = map.huge() ? HUGE_PAGES : 1;
          end = (end + unit - 1) / unit * unit + map.range().pages();
        }
      }
      return end;
    }
  }

  /**
   * A device behind IOMMU number {@code iommu} of these.
   *
   * @param byIova whether its transfers are at addresses of the guest's own table
   */
  record DevicePart(
      Declared part, int iommu, Settings at, boolean byIova, List<DmaJob> jobs,
      AtsDeviceSpec spec) {
    End end() {
      return KvmParts.end(part);
    }
  }
}
