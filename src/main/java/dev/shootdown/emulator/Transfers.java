package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import java.util.Map;
import java.util.TreeMap;

/** The transfers of a guest's device that are under way. */
final class Transfers {
  private record Transfer(long page, long endPs) {}

  private final Map<Long, Transfer> byTag = new TreeMap<>();

  void begin(long tag, long page, long endPs) {
    byTag.put(tag, new Transfer(page, endPs));
  }

  /** Forgets the transfer; false if there is none. */
  boolean end(long tag) {
    return byTag.remove(tag) != null;
  }

  /** When the last of those to {@code range} is over, in ps; {@code nowPs} if there is none. */
  long overAtPs(PageRange range, long nowPs) {
    long overPs = nowPs;
    for (Transfer transfer : byTag.values()) {
      if (range.contains(transfer.page())) {
        overPs = Math.max(overPs, transfer.endPs());
      }
    }
    return overPs;
  }
}
