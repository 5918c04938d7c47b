package dev.shootdown.emulator;

import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Type;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.List;

/**
 * An event before it is delivered.
 *
 * @param slot for {@link Type#MAP} what is there now, else null
 * @param gone what the emulator believes to have been mapped and is no more
 * @param all whether it stands for everything, by VFIO's flag
 */
record Notice(Type type, Span span, Slot slot, List<Slot> gone, boolean all) {
  static Notice map(Slot slot) {
    return new Notice(Type.MAP, Spans.of(slot.range()), slot, List.of(), false);
  }

  static Notice unmap(Span span, List<Slot> gone) {
    return new Notice(Type.UNMAP, span, null, gone, false);
  }

  static Notice deviceTlb(Span span) {
    return new Notice(Type.DEVIOTLB_UNMAP, span, null, List.of(), false);
  }

  Notice over(Span other) {
    return new Notice(type, other, slot, gone, all);
  }

  Notice overAll() {
    return new Notice(type, span, slot, gone, true);
  }
}
