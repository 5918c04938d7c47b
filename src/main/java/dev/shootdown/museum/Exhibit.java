package dev.shootdown.museum;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A historic bug as a scenario file.
 *
 * @param hall where and how the file is read
 * @param file the scenario
 * @param title one line
 * @param question what it asks
 * @param spec the block {@code museum}
 * @param shaking settings under which messages take random times
 */
public record Exhibit(
    Hall hall, Path file, String title, String question, ExhibitSpec spec, List<String> shaking) {
  /**
   * How scenario files are read here.
   *
   * @param site the user's own defaults
   * @param relativeTo what file names in messages are relative to
   */
  public record Hall(Optional<Path> site, Path relativeTo) {}

  /**
   * A variant that is shown.
   *
   * @param plain as written
   * @param shaken with random latencies
   * @param broken whether it is one of those with the bug
   */
  record Piece(Variant plain, Variant shaken, boolean broken) {}

  /**
   * Reads the description of an exhibit; its variants are read when they are asked for.
   *
   * @return empty if the file's block {@code museum} has no number
   */
  static Optional<Exhibit> read(Hall hall, Path file, Problems problems) {
    ConfigObject whole =
        ConfigFiles.load(file, hall.site(), List.of(), hall.relativeTo(), problems);
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    Settings root = Settings.of(whole, "", problems);
    ExhibitSpec spec = root.child("museum").bind(ExhibitSpec.class);
    if (spec.number().isEmpty()) {
      return Optional.empty();
    }
    Settings variants = root.child("variants");
    missing(root.child("museum"), "broken", spec.broken(), variants);
    missing(root.child("museum"), "fixed", spec.fixed(), variants);
    return Optional.of(
        new Exhibit(
            hall, file, root.text("title"), root.text("question"), spec,
            Shaking.of(root.child("wires"))));
  }

  private static void missing(
      Settings museum, String key, List<String> named, Settings variants) {
    for (String name : named) {
      if (!variants.keys().contains(name)) {
        museum.problem(
            key, "there is no variant '" + name + "'; there are " + variants.keys());
      }
    }
  }

  /** The bug's number, such as {@code 3a}. */
  public String number() {
    return spec.number().orElseThrow();
  }

  /** The file's name without its ending, which names the exhibit as well. */
  public String name() {
    return file.getFileName().toString().replaceFirst("\\.conf$", "");
  }

  /**
   * What is shown, the broken variants first.
   *
   * @throws dev.shootdown.config.ConfigProblems if the scenario can't be run
   */
  List<Piece> pieces() {
    Map<String, Variant> plain = load(List.of());
    Map<String, Variant> shaken = load(shaking);
    List<Piece> pieces = new ArrayList<>();
    spec.broken().forEach(
        name -> pieces.add(new Piece(plain.get(name), shaken.get(name), true)));
    spec.fixed().forEach(
        name -> pieces.add(new Piece(plain.get(name), shaken.get(name), false)));
    return pieces;
  }

  private Map<String, Variant> load(List<String> settings) {
    Map<String, Variant> byName = new TreeMap<>();
    for (Variant variant :
        Scenarios.load(file, Optional.empty(), hall.site(), settings, hall.relativeTo())) {
      byName.put(variant.name(), variant);
    }
    return byName;
  }
}
