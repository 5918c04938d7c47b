package dev.shootdown.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import dev.shootdown.config.Settings;
import dev.shootdown.emulator.DirectQueue;
import dev.shootdown.emulator.GuestDriver;
import dev.shootdown.emulator.GuestLayout;
import dev.shootdown.emulator.NestedGuestSpec;
import dev.shootdown.emulator.NestedViommu;
import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.kernel.iommufd.KvmDomain;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.NestedDomain;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.scenario.Links.End;
import java.util.List;
import java.util.stream.IntStream;

/** A guest with a table of its own before KVM's, and what reads its command queue. */
final class NestedWiring {
  /** I/O addresses of such a guest. */
  static final int ADDRESS_BITS = 48;

  /** Who reads the guest's table, by number. */
  static final int IOMMU_AT_GUEST = 0;

  static final int DOMAIN_AT_GUEST = 1;

  /** The domain submits to the IOMMU as number 0. */
  private static final int QUEUE_AT_IOMMU = 1;

  /** A first-level invalidation knows no limit but that of addresses. */
  private static final int MAX_MASK = ADDRESS_BITS - 12;

  private final MachineKit kit;
  private final KvmParts.Vm vm;
  private final KvmParts.GuestPart part;
  private final End guest;
  private final End queue;
  private final End iommu;
  private final End domain;

  NestedWiring(
      MachineKit kit, KvmParts.Vm vm, KvmParts.GuestPart part, End iommu, End domain) {
    this.kit = kit;
    this.vm = vm;
    this.part = part;
    this.guest = part.end();
    this.queue = part.queue();
    this.iommu = iommu;
    this.domain = domain;
  }

  /**
   * Refuses what an IOMMU can't do in two stages and, without a guest's table before KVM's, what is
   * about nothing else.
   */
  static void check(Settings root, KvmParts.IommuPart iommu, boolean nested) {
    if (!nested) {
      Config own = iommu.at().object().toConfig();
      for (String block : List.of("nested", "domain.nested")) {
        ConfigValue usual = root.object().toConfig().getValue("parts.kvm-iommu." + block);
        if (own.hasPath(block) && !own.getValue(block).equals(usual)) {
          iommu.at().problem(
              block.split("\\.")[0],
              block + " is about a nested-guest, and there is none behind '"
                  + iommu.part().name() + "'");
        }
      }
    } else if (iommu.spec().walkCache().entries() > 0) {
      iommu.at().notModelled(
          "walk-cache", "a paging-structure cache of walks in two stages is not modelled");
    } else if (iommu.spec().cachesNotPresent()) {
      iommu.at().notModelled(
          "caches-not-present", "caching mode exempts a guest's first-level table");
    }
  }

  boolean isDirect() {
    return part.spec().queue() == NestedGuestSpec.Queue.DIRECT;
  }

  End guest() {
    return guest;
  }

  End queue() {
    return queue;
  }

  /** Where walks of the guest's table arrive. */
  Inlet<PageWalk.ToTable> walks() {
    return kit.builder().inlet(guest.name(), "walks", GuestDriver.Walked::new);
  }

  /** Where status words for a direct queue arrive. */
  Inlet<Invalidation.ToCpu> status() {
    return kit.builder().inlet(queue.name(), "status", DirectQueue.IommuAnswered::new);
  }

  /** Adds the components. */
  void declare(int devices) {
    int mm = KvmParts.stageOne(vm.number);
    GuestLayout layout =
        new GuestLayout(
            mm, KvmParts.firstFrame(vm.number), ADDRESS_BITS, MAX_MASK, false,
            IntStream.range(0, devices).boxed().toList(), part.firstGfn());
    kit.builder().<GuestDriver.Command>component(
        guest.name(),
        ctx -> GuestDriver.create(part.spec().driver(), layout, part.actions(), ctx),
        part.part().pin());
    if (isDirect()) {
      kit.builder().<DirectQueue.Command>component(
          queue.name(), ctx -> DirectQueue.create(QUEUE_AT_IOMMU, mm, ctx));
    } else {
      kit.builder().<NestedViommu.Command>component(
          queue.name(), ctx -> NestedViommu.create(part.spec().descriptorPs(), ctx));
    }
  }

  /** Adds the wires. */
  void connect() {
    table();
    if (isDirect()) {
      direct();
    } else {
      trapped();
    }
    List<Inlet<GuestDma.ToDevice>> none = List.of();
    kit.builder().connectFamily(guest.name(), "devices", none, List.of());
  }

  private Link link(String kind, End from, End to) {
    return kit.links().link(kind, from, to);
  }

  private void table() {
    Blueprint.Builder builder = kit.builder();
    Inlet<PageWalk.ToWalker> toIommu =
        builder.inlet(iommu.name(), "guest-entries", Iommu.TableAnswered::new);
    Inlet<PageWalk.ToWalker> toDomain =
        builder.inlet(domain.name(), "guest-entries", KvmDomain.TableAnswered::new);
    builder.connectFamily(
        guest.name(), "walkers", List.of(toIommu, toDomain),
        List.of(link("table-entry", guest, iommu), link("guest-memory", guest, domain)));
    builder.connectFamily(
        domain.name(), "tables", List.of(walks()),
        List.of(link("guest-memory", domain, guest)));
  }

  private void trapped() {
    Blueprint.Builder builder = kit.builder();
    Inlet<ViommuQueue.ToViommu> said =
        builder.inlet(queue.name(), "guest", NestedViommu.GuestSaid::new);
    submits(said, "vm-exit");
    Inlet<ViommuQueue.ToGuest> done =
        builder.inlet(guest.name(), "viommu", GuestDriver.ViommuSaid::new);
    builder.connect(queue.name(), "guest", done, link("vm-entry", queue, guest));
    Inlet<NestedDomain.ToDomain> ioctls =
        builder.inlet(domain.name(), "emulator", KvmDomain.EmulatorSaid::new);
    builder.connect(queue.name(), "domain", ioctls, link("ioctl", queue, domain));
    Inlet<NestedDomain.ToEmulator> results =
        builder.inlet(queue.name(), "domain", NestedViommu.DomainSaid::new);
    builder.connectFamily(
        domain.name(), "emulators", List.of(results), List.of(link("ioctl", domain, queue)));
  }

  private void direct() {
    Blueprint.Builder builder = kit.builder();
    Inlet<ViommuQueue.ToViommu> said =
        builder.inlet(queue.name(), "guest", DirectQueue.GuestSaid::new);
    submits(said, "doorbell");
    Inlet<ViommuQueue.ToGuest> done =
        builder.inlet(guest.name(), "viommu", GuestDriver.ViommuSaid::new);
    builder.connect(queue.name(), "guest", done, link("status-write", queue, guest));
    Inlet<Invalidation.ToIommu> ring =
        builder.inlet(iommu.name(), "guest-ring", Iommu.CpuSaid::new);
    builder.connect(queue.name(), "iommu", ring, link("guest-memory", queue, iommu));
  }

  /** A guest's memory is read by message for none but those who shadow its table. */
  private void submits(Inlet<ViommuQueue.ToViommu> said, String kind) {
    kit.builder().connect(guest.name(), "viommu", said, link(kind, guest, queue));
    kit.builder().connect(guest.name(), "reader", said, link("guest-memory", guest, queue));
  }
}
