package dev.shootdown.kernel.mm;

/**
 * A page-table page: 512 entries. One that was unhooked can still be reached by a walker that
 * remembers its number, until it is freed.
 */
final class TablePage {
  static final int ENTRIES = 512;

  private final long number;
  private final Slot[] slots = new Slot[ENTRIES];
  private long group;
  private boolean hooked = true;

  /** Page-table page {@code number} of 2 MiB group {@code group}; −1 for one without a number. */
  TablePage(long number, long group) {
    this.number = number;
    this.group = group;
  }

  long number() {
    return number;
  }

  /** The 2 MiB group that it maps, or mapped last. */
  long group() {
    return group;
  }

  boolean isHooked() {
    return hooked;
  }

  void unhook() {
    hooked = false;
  }

  void moveTo(long otherGroup) {
    group = otherGroup;
  }

  /** The entry of {@code page}, made if nothing ever stood there. */
  Slot slot(long page) {
    int index = (int) (page & (ENTRIES - 1));
    if (slots[index] == null) {
      slots[index] = new Slot();
    }
    return slots[index];
  }

  /** The entry of {@code page}, or null if nothing ever stood there. */
  Slot slotOrNull(long page) {
    return slots[(int) (page & (ENTRIES - 1))];
  }

  /** Whether no entry names anything. */
  boolean isEmpty() {
    for (Slot slot : slots) {
      if (slot != null && !slot.now().isNone()) {
        return false;
      }
    }
    return true;
  }
}
