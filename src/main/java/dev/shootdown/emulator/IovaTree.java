package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the emulator believes to have told a listener (QEMU iova_tree). It is there because an
 * invalidation says neither whether something was mapped nor whether it was unmapped, and may be
 * about more than either.
 */
final class IovaTree {
  private final TreeMap<Long, Slot> slots = new TreeMap<>();

  /** The first entry that overlaps {@code range}. */
  Optional<Slot> find(PageRange range) {
    Map.Entry<Long, Slot> below = slots.floorEntry(range.firstPage());
    if (below != null && below.getValue().range().overlaps(range)) {
      return Optional.of(below.getValue());
    }
    Map.Entry<Long, Slot> above = slots.ceilingEntry(range.firstPage());
    return above != null && above.getValue().range().overlaps(range)
        ? Optional.of(above.getValue())
        : Optional.empty();
  }

  void insert(Slot slot) {
    slots.put(slot.range().firstPage(), slot);
  }

  /** Removes every entry that overlaps {@code range}, were it larger; what went. */
  List<Slot> remove(PageRange range) {
    List<Slot> gone = new ArrayList<>();
    for (Optional<Slot> next = find(range); next.isPresent(); next = find(range)) {
      gone.add(next.get());
      slots.remove(next.get().range().firstPage());
    }
    return gone;
  }

  /** All entries in the order of addresses. */
  Collection<Slot> all() {
    return slots.values();
  }
}
