package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.config.Settings;
import dev.shootdown.emulator.GuestAction;
import dev.shootdown.emulator.NestedGuestSpec;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.iommu.NestedSpec;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.hardware.vcpu.GuestWork;
import dev.shootdown.hardware.vcpu.VcpuSpec;
import dev.shootdown.kernel.iommufd.KvmDomainSpec;
import dev.shootdown.kernel.kvm.KvmMmu;
import dev.shootdown.kernel.kvm.KvmSpec;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Virtual machines: KVM's MMU, the vCPUs, and what walks KVM's table besides them.
 *
 * <p>A vCPU names its VM, an IOMMU its VM, a device its IOMMU, a guest's own table its IOMMU; each
 * must be declared before. A guest's memory are areas of the process that runs it. Facts of devices
 * name guest pages, in an address space of the guest's own, or the pages of the guest's own table
 * if there is one; all others name the host's pages.
 */
final class KvmFamily implements PartFamily {
  private static final long PAGE_MASK = 0xfff;
  private static final int PAGE_SHIFT = 12;

  private final List<KvmParts.Vm> vms = new ArrayList<>();
  private final List<KvmParts.VcpuPart> vcpus = new ArrayList<>();
  private final List<KvmParts.IommuPart> iommus = new ArrayList<>();
  private final List<KvmParts.DevicePart> devices = new ArrayList<>();
  private final List<KvmParts.GuestPart> guests = new ArrayList<>();
  private final List<Declared> parts = new ArrayList<>();
  private final List<FaultServer> servers = new ArrayList<>();
  private Optional<MemorySpec> memory = Optional.empty();

  @Override
  public List<Catalogue.Entry> types() {
    return List.of(
        new Catalogue.Entry("part", "kvm", "KVM's MMU of a VM: retry protocol, mmu_lock, APIC"),
        new Catalogue.Entry("part", "vcpu", "a virtual CPU: second-stage TLB, requests, kicks"),
        new Catalogue.Entry("part", "kvm-iommu", "an IOMMU that walks KVM's second-stage table"),
        new Catalogue.Entry("part", "assigned-device", "an ATS device behind a kvm-iommu"),
        new Catalogue.Entry(
            "part", "nested-guest", "a guest's own table before KVM's: two stages, walked by"
                + " hardware"));
  }

  @Override
  public void part(Declared part, Settings at, Names names) {
    parts.add(part);
    switch (part.type()) {
      case "kvm" -> vm(part, at);
      case "vcpu" -> vcpu(part, at);
      case "kvm-iommu" -> iommu(part, at);
      case "nested-guest" -> guest(part, at);
      default -> device(part, at);
    }
  }

  private void vm(Declared part, Settings at) {
    at.text("process");
    for (Settings slot : at.children("slots")) {
      if ((slot.address("at") & PAGE_MASK) != 0) {
        slot.problem("at", "a slot starts at a page, so its address ends in 000");
      }
      slot.text("area");
    }
    at.textOr("apic-area", "");
    at.textsOr("caches", List.of());
    FaultServer.read(at).ifPresent(cpu -> servers.add(new FaultServer(cpu, part.name())));
    vms.add(new KvmParts.Vm(part, vms.size(), at, at.bind(KvmSpec.class)));
  }

  private void vcpu(Declared part, Settings at) {
    int vm = find(at, "vm", "kvm", vms.stream().map(known -> known.part).toList());
    List<Settings.Item> lines = at.items("do");
    GuestWork work = KvmLines.read(lines, at.problems());
    vcpus.add(new KvmParts.VcpuPart(part, vm, at, work, at.bind(VcpuSpec.class)));
  }

  private void iommu(Declared part, Settings at) {
    int vm = find(at, "vm", "kvm", vms.stream().map(known -> known.part).toList());
    if (iommus.stream().anyMatch(other -> other.vm() == vm)) {
      at.problem("vm", "a virtual machine's table is shared with one kvm-iommu, not with two");
    }
    KvmDomainSpec domain = at.child("domain").bind(KvmDomainSpec.class);
    NestedSpec nested = at.child("nested").bind(NestedSpec.class);
    iommus.add(
        new KvmParts.IommuPart(part, vm, at, domain, nested, at.bind(IommuSpec.class)));
  }

  private void guest(Declared part, Settings at) {
    int iommu = behind(at);
    if (guests.stream().anyMatch(other -> other.iommu() == iommu)) {
      at.problem("iommu", "there is one guest table before KVM's, not two");
    }
    long frames = at.address("frames");
    if ((frames & PAGE_MASK) != 0) {
      at.problem("frames", "frames start at a page, so the address ends in 000");
    }
    GuestWorkReader reader = new GuestWorkReader(List.of(), NestedWiring.ADDRESS_BITS);
    List<GuestAction> actions = reader.actions(at.items("do"), at.problems());
    guests.add(
        new KvmParts.GuestPart(
            part, iommu, at, frames >>> PAGE_SHIFT, actions, at.bind(NestedGuestSpec.class)));
  }

  /** The number of the IOMMU that the part is behind. */
  private int behind(Settings at) {
    return find(
        at, "iommu", "kvm-iommu", iommus.stream().map(KvmParts.IommuPart::part).toList());
  }

  private void device(Declared part, Settings at) {
    int iommu = behind(at);
    int vm = iommu < iommus.size() ? iommus.get(iommu).vm() : 0;
    boolean byIova = at.children("dma").stream().anyMatch(job -> job.has("iova"));
    int space = byIova ? KvmParts.stageOne(vm) : KvmParts.space(vm);
    List<DmaJob> jobs = new ArrayList<>();
    for (Settings job : at.children("dma")) {
      long sizeBytes = job.bytesOr("size", 64);
      if (sizeBytes < 1 || sizeBytes > 4096) {
        job.problem("size", "a transfer has 1 to 4096 bytes, so that it stays within its page");
      }
      jobs.add(
          new DmaJob(
              job.timePs("at"), space, page(job, byIova), job.choice("access", Access.class),
              job.countOr("count", 1, 1_000_000, 1), job.timePsOr("every", 0), sizeBytes));
    }
    devices.add(
        new KvmParts.DevicePart(part, iommu, at, byIova, jobs, at.bind(AtsDeviceSpec.class)));
  }

  private static long page(Settings job, boolean byIova) {
    if (!byIova) {
      return job.address("gfn");
    }
    long iova = job.address("iova");
    if ((iova & PAGE_MASK) != 0) {
      job.problem("iova", "a transfer starts at a page, so the address ends in 000");
    }
    return iova >>> PAGE_SHIFT;
  }

  /** The number of the part that {@code key} names. */
  private static int find(Settings at, String key, String type, List<Declared> known) {
    String name = at.text(key);
    List<String> names = known.stream().map(Declared::name).toList();
    if (!names.contains(name)) {
      at.problem(
          key,
          "there is no part '" + name + "' of type " + type + " before this one; there are "
              + names);
    }
    return Math.max(0, names.indexOf(name));
  }

  @Override
  public void complete(Settings root, Names names) {
    KvmMemory memoryOf = new KvmMemory(root, names);
    vms.forEach(memoryOf::resolve);
    for (KvmParts.Vm vm : vms) {
      if (FaultServer.read(vm.at).isPresent()) {
        FaultServer.check(root, vm.at, vm.part.name(), names);
      }
    }
    for (KvmParts.VcpuPart vcpu : vcpus) {
      if (vcpu.vm() < vms.size()) {
        memoryOf.check(vcpu, vms.get(vcpu.vm()));
      }
    }
    for (KvmParts.DevicePart device : devices) {
      if (device.iommu() < iommus.size()) {
        KvmParts.Vm vm = vms.get(iommus.get(device.iommu()).vm());
        memoryOf.check(device, vm, guestOf(device.iommu()).isPresent());
      }
    }
    for (KvmParts.GuestPart guest : guests) {
      if (guest.iommu() < iommus.size()) {
        memoryOf.check(guest, vms.get(iommus.get(guest.iommu()).vm()));
      }
    }
    for (int iommu = 0; iommu < iommus.size(); iommu++) {
      NestedWiring.check(root, iommus.get(iommu), guestOf(iommu).isPresent());
    }
    if (!iommus.isEmpty()) {
      memory = Optional.of(root.child("parts").child("memory").bind(MemorySpec.class));
    }
  }

  @Override
  public List<Pair> wires() {
    List<Pair> pairs = new ArrayList<>();
    vcpus.forEach(vcpu -> join(pairs, vcpu.part().name(), vm(vcpu.vm())));
    for (KvmParts.IommuPart iommu : iommus) {
      join(pairs, iommu.part().name(), vm(iommu.vm()));
    }
    for (KvmParts.DevicePart device : devices) {
      if (device.iommu() < iommus.size()) {
        join(pairs, device.part().name(), iommus.get(device.iommu()).part().name());
      }
    }
    for (KvmParts.GuestPart guest : guests) {
      if (guest.iommu() < iommus.size()) {
        join(pairs, guest.part().name(), iommus.get(guest.iommu()).part().name());
      }
    }
    return pairs;
  }

  private Optional<KvmParts.GuestPart> guestOf(int iommu) {
    return guests.stream().filter(guest -> guest.iommu() == iommu).findFirst();
  }

  private String vm(int number) {
    return number < vms.size() ? vms.get(number).part.name() : "";
  }

  private static void join(List<Pair> pairs, String one, String other) {
    pairs.add(new Pair(one, other));
    pairs.add(new Pair(other, one));
  }

  @Override
  public List<Subscription> subscriptions() {
    return vms.stream()
        .map(
            vm ->
                new Subscription(
                    vm.mm, vm.part.name(), vm.part.socket(), false, KvmMmu.Called::new))
        .toList();
  }

  @Override
  public List<Walker> walkers() {
    return vms.stream()
        .map(vm -> new Walker(vm.part.name(), vm.part.socket(), KvmMmu.HostAnswered::new))
        .toList();
  }

  @Override
  public Optional<Program> server(
      String cpu, ToIntFunction<String> domainOf, FaultHandlers faults) {
    return servers.stream()
        .flatMap(server -> server.on(cpu, domainOf, faults).stream()).findFirst();
  }

  @Override
  public List<Declared> parts() {
    return List.copyOf(parts);
  }

  @Override
  public void build(MachineKit kit) {
    for (KvmParts.Vm vm : vms) {
      List<KvmParts.VcpuPart> own =
          vcpus.stream().filter(vcpu -> vcpu.vm() == vm.number).toList();
      KvmWiring guest = new KvmWiring(kit, vm, own);
      guest.declare();
      Optional<KvmParts.IommuPart> iommu =
          iommus.stream().filter(shared -> shared.vm() == vm.number).findFirst();
      Optional<KvmIommuWiring> shared =
          iommu.map(
              part ->
                  new KvmIommuWiring(
                      kit, vm, own.size(), part, behind(part),
                      guestOf(iommus.indexOf(part))));
      shared.ifPresent(wiring -> wiring.declare(memory.orElseThrow()));
      guest.connect(iommu.map(KvmParts.IommuPart::end));
      shared.ifPresent(KvmIommuWiring::connect);
    }
  }

  private List<KvmParts.DevicePart> behind(KvmParts.IommuPart iommu) {
    int number = iommus.indexOf(iommu);
    return devices.stream().filter(device -> device.iommu() == number).toList();
  }
}
