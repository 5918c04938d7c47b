package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.iommu.IommuSpec;
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

  /** Where x86 has its APIC, in guest pages. */
  static final long APIC_GFN = 0xfee00;

  private KvmParts() {}

  /** The number of a VM's guest-physical address space, which is the PASID of its devices. */
  static int space(int vm) {
    return FIRST_SPACE + vm;
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
  record IommuPart(Declared part, int vm, KvmDomainSpec domain, IommuSpec spec) {
    End end() {
      return KvmParts.end(part);
    }
  }

  /** A device behind IOMMU number {@code iommu} of these. */
  record DevicePart(
      Declared part, int iommu, Settings at, List<DmaJob> jobs, AtsDeviceSpec spec) {
    End end() {
      return KvmParts.end(part);
    }
  }
}
