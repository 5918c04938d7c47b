package dev.shootdown.check;

import dev.shootdown.engine.Mix;

/**
 * Names numbers that only grow by when they were last mentioned: as the i-th new one of this lap,
 * of the lap before, and so on. So a cycle that takes up fresh numbers each time reads the same
 * each time, and what an older number refers to is still told apart.
 */
final class Naming {
  private static final int KEPT = 1 << 16;

  /** Kinds of numbers. */
  enum Family {
    /** Operations. */
    OPERATION,
    /** DMA transfers of one device. */
    TRANSFER,
    /** Requests of one component. */
    REQUEST,
    /** Tags of one component's invalidations. */
    ITAG,
    /** Page-request groups of one device. */
    GROUP,
    /** Sequences of one subscriber. */
    SEQUENCE,
    /** Frames, which are not given out twice. */
    FRAME,
    /** Page-table pages, which are not given out twice. */
    TABLE,
    /** Times before the lap. */
    TIME
  }

  private record Number(Family family, String scope, long value) {}

  private record Mention(long lap, long index) {}

  private final Recent<Number, Mention> mentions = new Recent<>(KEPT);
  private long lap;
  private long index;
  private long lapBeganPs;

  /** Nothing has been mentioned. */
  void forget() {
    mentions.clear();
  }

  /** A new lap begins. */
  void nextLap(long atPs) {
    lap++;
    index = 0;
    lapBeganPs = atPs;
  }

  /**
   * A time, told from the beginning of the lap. One of an earlier lap that is mentioned again, such
   * as when a page-table entry was read that is still cached, is named like a number.
   */
  long time(long atPs) {
    if (atPs >= lapBeganPs) {
      return atPs - lapBeganPs;
    }
    Number number = new Number(Family.TIME, "", atPs);
    if (mentions.containsKey(number)) {
      return own(Family.TIME, "", atPs);
    }
    mentions.remember(number, new Mention(lap, index++));
    return atPs - lapBeganPs;
  }

  /** A number of one component's own. */
  long own(Family family, String component, long value) {
    if (value < 0) {
      return value;
    }
    Number number = new Number(family, component, value);
    Mention last = mentions.get(number);
    if (last != null && last.lap() == lap) {
      return Mix.fold(2, last.index());
    }
    mentions.remember(number, new Mention(lap, index++));
    return last == null ? 1 : Mix.fold(Mix.fold(3, lap - last.lap()), last.index());
  }

  /** A number that all components share. */
  long shared(Family family, long value) {
    return own(family, "", value);
  }
}
