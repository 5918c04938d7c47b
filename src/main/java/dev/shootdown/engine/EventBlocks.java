package dev.shootdown.engine;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Chains of events in blocks of {@value #BLOCK} places of one array.
 *
 * <p>A chain is named by its last place: blocks start at multiples of {@value #BLOCK}, so the place
 * says how full the last block is, and {@link #before} leads from a block to the one filled before.
 */
final class EventBlocks {
  static final int NONE = -1;
  private static final int BLOCK = 8;
  private static final int IN_BLOCK = BLOCK - 1;

  private Event[] places = new Event[64 * BLOCK];
  private int[] before = new int[64];
  private int freeBlock = NONE;
  private int usedBlocks;

  /** Adds {@code event} to a chain (or to {@link #NONE}) and returns the chain's new name. */
  int add(int chain, Event event) {
    int place = (chain & IN_BLOCK) == IN_BLOCK ? newBlock(chain) : chain + 1;
    places[place] = event;
    return place;
  }

  /** {@link #NONE} counts as a full block, so that the first event of a chain comes here too. */
  private int newBlock(int chain) {
    int block = freeBlock;
    if (block != NONE) {
      freeBlock = before[block];
    } else {
      block = usedBlocks++;
      if (block == before.length) {
        before = Arrays.copyOf(before, block * 2);
        places = Arrays.copyOf(places, block * 2 * BLOCK);
      }
    }
    before[block] = chain;
    return block * BLOCK;
  }

  Event at(int place) {
    return places[place];
  }

  /** The place before {@code place} in its chain, or {@link #NONE}. */
  int previous(int place) {
    return (place & IN_BLOCK) == 0 ? before[place / BLOCK] : place - 1;
  }

  /** Gives a chain's blocks back. The events stay readable until the next {@link #add}. */
  void free(int chain) {
    int place = chain;
    while (place != NONE) {
      int block = place / BLOCK;
      place = before[block];
      before[block] = freeBlock;
      freeBlock = block;
    }
  }

  void forEach(int chain, Consumer<Event> action) {
    for (int place = chain; place != NONE; place = previous(place)) {
      action.accept(places[place]);
    }
  }
}
