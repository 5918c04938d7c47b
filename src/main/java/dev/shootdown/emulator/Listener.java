package dev.shootdown.emulator;

import dev.shootdown.protocol.ViommuNotifier.Type;
import java.util.List;

/**
 * A device behind an emulated IOMMU, and what its user in QEMU listens to.
 *
 * @param name the part's name
 * @param kind how it is spoken to
 * @param member its number among those of its kind at the emulator
 * @param types events that it registered for
 */
public record Listener(String name, Kind kind, int member, List<Type> types) {
  /** How a listener is spoken to. */
  public enum Kind {
    /** By ioctls, see {@link dev.shootdown.protocol.Vfio}. */
    VFIO,
    /** By messages, see {@link dev.shootdown.protocol.VhostIotlb}. */
    VHOST,
    /** By calls, see {@link dev.shootdown.protocol.ViommuNotifier}. */
    SHADOW
  }

  /** Keeps a copy of the list. */
  public Listener {
    types = List.copyOf(types);
  }

  /** A listener that keeps a copy of the guest's whole table. */
  public static Listener exact(String name, Kind kind, int member) {
    return new Listener(name, kind, member, List.of(Type.MAP, Type.UNMAP));
  }

  /** A listener that keeps what it asked for, and forgets on events of {@code type}. */
  public static Listener cache(String name, int member, Type type) {
    return new Listener(name, Kind.VHOST, member, List.of(type));
  }

  /** What it answers with. */
  Answer answer() {
    return switch (kind) {
      case VFIO -> Answer.IOCTL;
      case VHOST -> Answer.MESSAGE;
      case SHADOW -> Answer.CALL;
    };
  }

  /** Whether it keeps a copy of the whole table. */
  boolean isExact() {
    return types.contains(Type.MAP);
  }

  /** Whether QEMU counts it among those who listen to IOTLB events at all. */
  boolean hearsIotlb() {
    return types.contains(Type.MAP) || types.contains(Type.UNMAP);
  }
}
