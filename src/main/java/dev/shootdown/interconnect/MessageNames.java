package dev.shootdown.interconnect;

import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.NestedDomain;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuQueue;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The names of all messages that travel on wires, so that a misspelt one is refused. */
final class MessageNames {
  /** In alphabetical order. */
  static final SortedSet<String> ALL = Collections.unmodifiableSortedSet(collect());

  /** What travels between devices, IOMMUs and memory over links that can go down. */
  static final SortedSet<String> ON_PCIE = Collections.unmodifiableSortedSet(onPcie());

  private MessageNames() {}

  private static SortedSet<String> onPcie() {
    SortedSet<String> names = new TreeSet<>();
    collect(Ats.class, names);
    collect(Dma.class, names);
    return names;
  }

  private static SortedSet<String> collect() {
    SortedSet<String> names = new TreeSet<>();
    List.of(Ats.class, Broadcast.class, DeviceFaults.class, Dma.class, GuestDma.class,
            Hosting.class, Invalidation.class, Ipi.class, KernelCall.class, Mirror.class,
            NestedDomain.class, OpenCapi.class, PageWalk.class, SharedTable.class, Vcpu.class,
            Vfio.class, VhostIotlb.class, ViommuNotifier.class, ViommuQueue.class)
        .forEach(protocol -> collect(protocol, names));
    return names;
  }

  private static void collect(Class<?> type, SortedSet<String> names) {
    if (!type.isSealed()) {
      names.add(type.getSimpleName());
      return;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      collect(permitted, names);
    }
  }
}
