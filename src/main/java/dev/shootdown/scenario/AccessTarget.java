package dev.shootdown.scenario;

import java.util.List;

/** A part that takes accesses out of a file, in the order of their time. */
interface AccessTarget {
  /** The numbers of the address spaces that it can work in. */
  List<Integer> spaces();

  /**
   * Takes an access.
   *
   * @throws IllegalArgumentException saying why it can't, and what would be right
   */
  void add(AccessRow row);

  /** The most pages that it takes in all, one object each; the file's own limit if it packs. */
  default int pagesMost() {
    return AccessReader.PAGES_MOST;
  }
}
