package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.emulator.GuestAction;
import dev.shootdown.emulator.GuestDriver;
import dev.shootdown.emulator.GuestDriverSpec;
import dev.shootdown.emulator.GuestLayout;
import dev.shootdown.emulator.Listener;
import dev.shootdown.emulator.Registration;
import dev.shootdown.emulator.ShadowTable;
import dev.shootdown.emulator.ShadowTableSpec;
import dev.shootdown.emulator.VfioContainer;
import dev.shootdown.emulator.VfioContainerSpec;
import dev.shootdown.emulator.VhostBackend;
import dev.shootdown.emulator.VhostBackendSpec;
import dev.shootdown.emulator.Viommu;
import dev.shootdown.emulator.ViommuLayout;
import dev.shootdown.emulator.ViommuSpec;
import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;

/**
 * Guests with an emulated IOMMU: {@code viommu}, behind it {@code vfio-container}, {@code
 * vhost-backend} and {@code shadow-table}, and the {@code guest-driver} on top. What a guest does
 * stands in the block {@code viommu-work}; see {@link GuestWorkReader}.
 *
 * <p>Each guest has one emulated IOMMU and one I/O address space, number {@value #FIRST_SPACE} + n
 * of the n-th; its frames have numbers of their own, from 2<sup>36</sup> · (n + 1) on.
 */
final class EmulatorFamily implements PartFamily {
  /** Numbers of I/O address spaces are unlike those of processes. */
  static final int FIRST_SPACE = 1000;

  private static final int FRAME_BITS = 36;
  private static final String VIOMMU = "viommu";

  /** An emulated IOMMU with all that stands behind it. */
  private static final class Emulated {
    private final Declared part;
    private final ViommuSpec spec;
    private final List<Device> devices = new ArrayList<>();
    private Guest guest;

    private Emulated(Declared part, ViommuSpec spec) {
      this.part = part;
      this.spec = spec;
    }

    private int count(Listener.Kind kind) {
      return (int) devices.stream().filter(d -> d.listener().kind() == kind).count();
    }
  }

  private record Guest(Declared part, GuestDriverSpec spec, int number) {
    int mm() {
      return FIRST_SPACE + number;
    }

    long firstFrame() {
      return (number + 1L) << FRAME_BITS;
    }
  }

  private record Device(Declared part, Listener listener, boolean ats, Record spec) {}

  private final List<Declared> parts = new ArrayList<>();
  private final List<Emulated> emulated = new ArrayList<>();
  private final List<GuestWork> work = new ArrayList<>();
  private int guests;

  /** What one guest does. */
  record GuestWork(String guest, List<GuestAction> actions) {}

  @Override
  public List<Catalogue.Entry> types() {
    return List.of(
        new Catalogue.Entry(
            "part", VIOMMU, "QEMU's intel-iommu of 7.2 or 10.0, or its SMMUv3, with notifiers"),
        new Catalogue.Entry(
            "part", "guest-driver", "a guest kernel's IOMMU driver, strict or lazy, and its table"),
        new Catalogue.Entry(
            "part", "vfio-container", "VFIO type1v2: no bisecting unmap; an assigned device"),
        new Catalogue.Entry(
            "part", "vhost-backend", "vhost with a device IOTLB: miss, update, invalidate"),
        new Catalogue.Entry(
            "part", "shadow-table", "a shadow of the guest's table that takes any unmap"));
  }

  @Override
  public void part(Declared part, Settings at, Names names) {
    parts.add(part);
    switch (part.type()) {
      case VIOMMU -> emulated.add(new Emulated(part, at.bind(ViommuSpec.class)));
      case "guest-driver" -> guest(part, at, behind(at));
      case "vfio-container" -> {
        Emulated viommu = behind(at);
        VfioContainerSpec spec = at.bind(VfioContainerSpec.class);
        int member = viommu == null ? 0 : viommu.count(Listener.Kind.VFIO);
        Listener listener = Listener.exact(part.name(), Listener.Kind.VFIO, member);
        device(viommu, new Device(part, listener, spec.ats(), spec), at);
      }
      case "vhost-backend" -> {
        Emulated viommu = behind(at);
        VhostBackendSpec spec = at.bind(VhostBackendSpec.class);
        if (viommu != null) {
          Listener listener =
              Listener.cache(
                  part.name(), viommu.count(Listener.Kind.VHOST),
                  Registration.of(spec, viommu.spec));
          device(viommu, new Device(part, listener, spec.ats(), spec), at);
        }
      }
      default -> {
        Emulated viommu = behind(at);
        ShadowTableSpec spec = at.bind(ShadowTableSpec.class);
        int member = viommu == null ? 0 : viommu.count(Listener.Kind.SHADOW);
        Listener listener = Listener.exact(part.name(), Listener.Kind.SHADOW, member);
        device(viommu, new Device(part, listener, false, spec), at);
      }
    }
  }

  /** The emulated IOMMU that the part is behind, or null with a problem told. */
  private Emulated behind(Settings at) {
    String name = at.text(VIOMMU);
    for (Emulated candidate : emulated) {
      if (candidate.part.name().equals(name)) {
        return candidate;
      }
    }
    at.problem(VIOMMU, "there is no viommu '" + name + "' before this part; there are "
        + emulated.stream().map(known -> known.part.name()).toList());
    return null;
  }

  private void guest(Declared part, Settings at, Emulated viommu) {
    GuestDriverSpec spec = at.bind(GuestDriverSpec.class);
    if (viommu == null) {
      return;
    }
    if (viommu.guest != null) {
      at.problem(VIOMMU, "'" + viommu.part.name() + "' is the IOMMU of '"
          + viommu.guest.part().name() + "' already; a guest has one of its own");
    }
    if (spec.deviceTlb() && !viommu.spec.deviceTlb()) {
      at.problem("device-tlb", "'" + viommu.part.name() + "' offers no device TLBs; write"
          + " device-tlb = true there");
    }
    if (spec.firstLevel() && viommu.spec.flavour() == ViommuSpec.Flavour.SMMUV3) {
      at.problem("first-level", "a first-level table with PASIDs is VT-d's; '"
          + viommu.part.name() + "' is an SMMUv3");
    }
    viommu.guest = new Guest(part, spec, guests++);
  }

  private static void device(Emulated viommu, Device device, Settings at) {
    if (viommu != null) {
      Registration.refusal(device.listener(), viommu.spec)
          .ifPresent(why -> at.problem(VIOMMU, why));
      viommu.devices.add(device);
    }
  }

  @Override
  public void complete(Settings root, Names names) {
    for (Emulated viommu : emulated) {
      if (viommu.guest == null) {
        root.child("machine").problem(
            "parts", "'" + viommu.part.name() + "' has no guest-driver on top of it");
      }
    }
    for (Settings at : root.children("viommu-work")) {
      String name = at.text("guest");
      Emulated viommu =
          emulated.stream()
              .filter(e -> e.guest != null && e.guest.part().name().equals(name))
              .findFirst().orElse(null);
      if (viommu == null) {
        at.problem("guest", "there is no guest-driver '" + name + "'");
        at.keys().forEach(at::ignore);
        continue;
      }
      if (work.stream().anyMatch(other -> other.guest().equals(name))) {
        at.problem("guest", "two blocks for '" + name + "'; write one");
      }
      List<String> devices = viommu.devices.stream().map(d -> d.part().name()).toList();
      work.add(
          new GuestWork(
              name, new GuestWorkReader(devices, viommu.spec.addressBits()).actions(at)));
    }
  }

  @Override
  public List<Pair> wires() {
    List<Pair> wires = new ArrayList<>();
    for (Emulated viommu : emulated) {
      if (viommu.guest == null) {
        continue;
      }
      String guest = viommu.guest.part().name();
      both(wires, guest, viommu.part.name());
      for (Device device : viommu.devices) {
        both(wires, guest, device.part().name());
        both(wires, viommu.part.name(), device.part().name());
      }
    }
    return wires;
  }

  private static void both(List<Pair> wires, String one, String other) {
    wires.add(new Pair(one, other));
    wires.add(new Pair(other, one));
  }

  @Override
  public List<Declared> parts() {
    return List.copyOf(parts);
  }

  @Override
  public void build(MachineKit kit) {
    for (Emulated viommu : emulated) {
      components(kit.builder(), viommu);
      wireGuest(kit, viommu);
      wireDevices(kit, viommu);
    }
  }

  private void components(Blueprint.Builder builder, Emulated viommu) {
    Guest guest = viommu.guest;
    List<Integer> atsDevices = new ArrayList<>();
    for (int i = 0; i < viommu.devices.size(); i++) {
      if (viommu.devices.get(i).ats()) {
        atsDevices.add(i);
      }
    }
    GuestLayout layout =
        new GuestLayout(
            guest.mm(), guest.firstFrame(), viommu.spec.addressBits(), viommu.spec.maxMask(),
            viommu.spec.cachingMode(), atsDevices);
    List<GuestAction> actions =
        work.stream().filter(w -> w.guest().equals(guest.part().name()))
            .findFirst().map(GuestWork::actions).orElse(List.of());
    builder.<GuestDriver.Command>component(
        guest.part().name(), ctx -> GuestDriver.create(guest.spec(), layout, actions, ctx),
        guest.part().pin());
    ViommuLayout behind =
        new ViommuLayout(
            guest.mm(), guest.firstFrame(),
            viommu.devices.stream().map(Device::listener).toList());
    builder.<Viommu.Command>component(
        viommu.part.name(), ctx -> Viommu.create(viommu.spec, behind, ctx), viommu.part.pin());
    viommu.devices.forEach(device -> component(builder, device, guest.mm()));
  }

  private static void component(Blueprint.Builder builder, Device device, int mm) {
    String name = device.part().name();
    int pin = device.part().pin();
    if (device.spec() instanceof VfioContainerSpec spec) {
      builder.<VfioContainer.Command>component(
          name, ctx -> VfioContainer.create(spec, mm, ctx), pin);
    } else if (device.spec() instanceof VhostBackendSpec spec) {
      builder.<VhostBackend.Command>component(
          name, ctx -> VhostBackend.create(spec, mm, ctx), pin);
    } else if (device.spec() instanceof ShadowTableSpec spec) {
      builder.<ShadowTable.Command>component(
          name, ctx -> ShadowTable.create(spec, mm, ctx), pin);
    }
  }

  private static void wireGuest(MachineKit kit, Emulated viommu) {
    Blueprint.Builder builder = kit.builder();
    End guest = end(viommu.guest.part());
    End emulator = end(viommu.part);
    builder.connect(
        guest.name(), VIOMMU, builder.inlet(emulator.name(), "queue", Viommu.GuestSaid::new),
        kit.links().link("vm-exit", guest, emulator));
    builder.connect(
        guest.name(), "reader", builder.inlet(emulator.name(), "memory", Viommu.GuestSaid::new),
        kit.links().link("guest-memory", guest, emulator));
    builder.connect(
        emulator.name(), "guest", builder.inlet(guest.name(), VIOMMU, GuestDriver.ViommuSaid::new),
        kit.links().link("vm-entry", emulator, guest));
    builder.connect(
        emulator.name(), "memory",
        builder.inlet(guest.name(), "memory", GuestDriver.ViommuSaid::new),
        kit.links().link("guest-memory", emulator, guest));
    List<Inlet<GuestDma.ToDevice>> doorbells = new ArrayList<>();
    List<Link> kicks = new ArrayList<>();
    Inlet<GuestDma.ToGuest> interrupts =
        builder.inlet(guest.name(), "devices", GuestDriver.DeviceSaid::new);
    for (Device device : viommu.devices) {
      End end = end(device.part());
      kicks.add(kit.links().link("guest-kick", guest, end));
      doorbells.add(
          switch (device.listener().kind()) {
            case VFIO -> builder.inlet(end.name(), "guest", VfioContainer.GuestSaid::new);
            case VHOST -> builder.inlet(end.name(), "guest", VhostBackend.GuestSaid::new);
            case SHADOW -> builder.inlet(end.name(), "guest", ShadowTable.GuestSaid::new);
          });
      builder.connect(
          end.name(), "guest", interrupts, kit.links().link("guest-interrupt", end, guest));
    }
    builder.connectFamily(guest.name(), "devices", doorbells, kicks);
  }

  private static void wireDevices(MachineKit kit, Emulated viommu) {
    Blueprint.Builder builder = kit.builder();
    String name = viommu.part.name();
    List<Inlet<Vfio.ToContainer>> containers = new ArrayList<>();
    List<Inlet<VhostIotlb.ToBackend>> backends = new ArrayList<>();
    List<Inlet<ViommuNotifier.ToListener>> shadows = new ArrayList<>();
    List<End> byIoctl = new ArrayList<>();
    List<End> byMessage = new ArrayList<>();
    List<End> byCall = new ArrayList<>();
    Inlet<Vfio.ToEmulator> results = builder.inlet(name, "results", Viommu.ContainerSaid::new);
    Inlet<ViommuNotifier.ToEmulator> returns =
        builder.inlet(name, "returns", Viommu.ShadowSaid::new);
    for (Device device : viommu.devices) {
      End end = end(device.part());
      switch (device.listener().kind()) {
        case VFIO -> {
          containers.add(
              builder.inlet(end.name(), "emulator", VfioContainer.EmulatorSaid::new));
          byIoctl.add(end);
          builder.connect(end.name(), "emulator", results, link(kit, "ioctl", end, viommu));
        }
        case VHOST -> {
          int member = byMessage.size();
          Inlet<VhostIotlb.ToEmulator> requests =
              builder.inlet(
                  name, "backend-" + member, body -> new Viommu.BackendSaid(member, body));
          backends.add(builder.inlet(end.name(), "emulator", VhostBackend.EmulatorSaid::new));
          byMessage.add(end);
          builder.connect(
              end.name(), "emulator", requests, link(kit, "vhost-message", end, viommu));
        }
        case SHADOW -> {
          shadows.add(builder.inlet(end.name(), "emulator", ShadowTable.EmulatorSaid::new));
          byCall.add(end);
          builder.connect(
              end.name(), "emulator", returns, link(kit, "notifier-call", end, viommu));
        }
      }
    }
    End emulator = end(viommu.part);
    builder.connectFamily(name, "containers", containers, kit.wires("ioctl", emulator, byIoctl));
    builder.connectFamily(
        name, "backends", backends, kit.wires("vhost-message", emulator, byMessage));
    builder.connectFamily(name, "shadows", shadows, kit.wires("notifier-call", emulator, byCall));
  }

  private static Link link(MachineKit kit, String kind, End from, Emulated viommu) {
    return kit.links().link(kind, from, end(viommu.part));
  }

  private static End end(Declared part) {
    return new End(part.name(), part.socket());
  }
}
