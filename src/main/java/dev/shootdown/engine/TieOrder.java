package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives components their place in the order of simultaneous events: by name, or by a keyed hash.
 */
final class TieOrder {
  private TieOrder() {}

  /** Order ids by component index: ranks of the names, permuted if there is a seed. */
  static int[] ids(Blueprint blueprint, Optional<Long> seed) {
    List<Blueprint.Component<?>> ranked = new ArrayList<>(blueprint.components());
    ranked.sort((a, b) -> a.name().compareTo(b.name()));
    if (seed.isPresent()) {
      long key = seed.get();
      ranked.sort(
          (a, b) -> Long.compare(Mix.text(key, a.name()), Mix.text(key, b.name())));
    }
    int[] ids = new int[ranked.size()];
    for (int rank = 0; rank < ids.length; rank++) {
      ids[ranked.get(rank).index()] = rank;
    }
    return ids;
  }
}
