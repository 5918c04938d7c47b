package dev.shootdown.interconnect;

import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The names of all messages that travel on wires, so that a misspelt one is refused. */
final class MessageNames {
  /** In alphabetical order. */
  static final SortedSet<String> ALL = Collections.unmodifiableSortedSet(collect());

  private MessageNames() {}

  private static SortedSet<String> collect() {
    SortedSet<String> names = new TreeSet<>();
    List.of(Ats.class, Dma.class, Invalidation.class, Ipi.class, KernelCall.class,
            PageWalk.class)
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
