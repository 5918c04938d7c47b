package dev.shootdown.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The families that there are, anew for each scenario. */
final class Families {
  private Families() {}

  /** One of each, empty. */
  static List<PartFamily> all() {
    return List.of(
        new EmulatorFamily(), new KvmFamily(), new AcceleratorFamily(), new OcxlFamily(),
        new HostFamily());
  }

  /** The family that has {@code type}, if one has. */
  static Optional<PartFamily> of(List<PartFamily> families, String type) {
    return families.stream()
        .filter(family -> family.types().stream().anyMatch(entry -> entry.name().equals(type)))
        .findFirst();
  }

  /** All types of all families, with a line about each. */
  static List<Catalogue.Entry> types() {
    List<Catalogue.Entry> types = new ArrayList<>();
    all().forEach(family -> types.addAll(family.types()));
    return types;
  }
}
