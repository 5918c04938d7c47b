package dev.shootdown.engine;

/** Where each component of a run is, by its index in the blueprint. */
final class Directory {
  private final Blueprint blueprint;
  private final int[] orderIds;
  private final Placement placement;

  Directory(Blueprint blueprint, int[] orderIds, Placement placement) {
    this.blueprint = blueprint;
    this.orderIds = orderIds;
    this.placement = placement;
  }

  int size() {
    return orderIds.length;
  }

  String name(int index) {
    return blueprint.components().get(index).name();
  }

  int orderId(int index) {
    return orderIds[index];
  }

  int partitionOf(int index) {
    return placement.partitionOf(index);
  }

  /** The same for equal blueprints, placed equally, and hardly ever for others. */
  long digest() {
    long digest = Mix.mix(size());
    for (int i = 0; i < size(); i++) {
      digest = Mix.fold(Mix.text(digest, name(i)), (long) orderIds[i] << 32 | partitionOf(i));
    }
    for (Blueprint.Edge edge : blueprint.edges()) {
      digest = Mix.fold(digest, (long) edge.from() << 32 | edge.to());
      digest = Mix.fold(digest, edge.minimumPs());
    }
    return digest;
  }
}
