package dev.shootdown.emulator;

import java.util.List;

/**
 * An emulated IOMMU's place in the machine.
 *
 * @param mm number of the guest's I/O address space
 * @param firstFrame the frame that is the guest's physical page 0
 * @param listeners the devices behind it, by their number here
 */
public record ViommuLayout(int mm, long firstFrame, List<Listener> listeners) {
  /** Keeps a copy of the list. */
  public ViommuLayout {
    listeners = List.copyOf(listeners);
  }
}
