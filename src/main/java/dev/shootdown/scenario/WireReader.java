package dev.shootdown.scenario;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Settings;
import dev.shootdown.interconnect.PartTroubleSpec;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.interconnect.WireSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads wires by kind, wires by their ends, and the trouble in them. */
final class WireReader {
  private final Settings root;
  private final Settings machine;
  private final TreeSet<String> parts;
  private final TreeSet<String> joined;
  private final Map<String, WireSpec> byKind = new TreeMap<>();
  private final Map<String, WireSpec> byEnds = new TreeMap<>();
  private final List<TroubleSpec> trouble = new ArrayList<>();
  private final List<PartTroubleSpec> partTrouble = new ArrayList<>();

  /** Reads wires among {@code parts}; {@code joined} has those that exist, {@code "from -> to"}. */
  WireReader(
      Settings root, Settings machine, TreeSet<String> parts, TreeSet<String> joined) {
    this.root = root;
    this.machine = machine;
    this.parts = parts;
    this.joined = joined;
  }

  Scenario.Wires wires() {
    Settings kinds = root.child("wires");
    long crossSocketPs = kinds.timePs("cross-socket");
    ConfigObject defaults = kinds.object();
    for (Settings kind : kinds.objects()) {
      String name = kind.name();
      byKind.put(name, kind.bind(WireSpec.class));
    }
    kinds.finish();
    for (Settings at : machine.children("wires")) {
      String from = end(at, "from");
      String to = end(at, "to");
      refuseUnjoined(at, "to", from, to);
      String kind = at.text("kind");
      Object base = defaults.get(kind);
      if (!(base instanceof ConfigObject ofKind)) {
        at.problem("kind", "'" + kind + "' is no kind of wire; there are " + byKind.keySet());
        at.keys().forEach(at::ignore);
        continue;
      }
      at.keys().forEach(at::ignore);
      ConfigObject own = at.object().withoutKey("from").withoutKey("to").withoutKey("kind");
      Settings merged = Settings.of(own.withFallback(ofKind), at.path(), root.problems());
      byEnds.put(from + " -> " + to, merged.bind(WireSpec.class));
    }
    return new Scenario.Wires(byKind, byEnds, crossSocketPs);
  }

  private String end(Settings at, String key) {
    String name = at.text(key);
    if (!parts.contains(name)) {
      at.problem(key, nowhere(name));
    }
    return name;
  }

  /** Refuses trouble whose wire isn't written {@code "from -> to"}, or doesn't exist. */
  private void refuseUnknown(Settings at) {
    String[] ends = at.text("wire").split(" -> ", -1);
    Optional<String> unknown = Stream.of(ends).filter(end -> !parts.contains(end)).findFirst();
    if (ends.length != 2) {
      at.problem("wire", "name two parts, such as \"iommu0 -> nic0\"; there are " + parts);
    } else if (unknown.isPresent()) {
      at.problem("wire", nowhere(unknown.get()) + "; there are " + parts);
    } else {
      refuseUnjoined(at, "wire", ends[0], ends[1]);
    }
  }

  private String nowhere(String name) {
    return "the wire leads to nowhere: there is no part '" + name + "'"
        + Nearest.to(name, parts).map(n -> "; did you mean '" + n + "'?").orElse("");
  }

  /** A wire that nobody has would be ignored, and a scenario about it would show nothing. */
  private void refuseUnjoined(Settings at, String key, String from, String to) {
    boolean known = parts.contains(from) && parts.contains(to);
    if (known && !joined.contains(from + " -> " + to)) {
      at.problem(key, "no wire leads from '" + from + "' to '" + to + "'");
    }
  }

  /**
   * Reads the trouble in wires, and that in parts.
   *
   * @param kinds the kind of each wire whose order matters
   * @param steady parts that can be neither stalled nor slowed, with their types
   */
  void readTrouble(
      Scenario.Wires wires, TreeMap<String, String> kinds, TreeMap<String, String> steady) {
    TreeSet<String> names = new TreeSet<>();
    boolean byName = root.object().get("trouble") instanceof ConfigObject;
    for (Settings at : byName ? root.child("trouble").objects() : root.children("trouble")) {
      if (at.has("name") && !names.add(at.text("name"))) {
        at.problem("name", "two troubles are named '" + at.text("name") + "'");
      }
      Optional<String> key = byName ? Optional.of(at.name()) : Optional.empty();
      if (at.has("part")) {
        String name = Names.part(at, "part", parts);
        if (steady.containsKey(name)) {
          at.notModelled(
              "part", "'" + name + "' can be neither stalled nor slowed: parts of type "
                  + steady.get(name) + " keep a time of their own; trouble a wire to it instead");
        }
        partTrouble.add(at.bind(PartTroubleSpec.class).orNamed(key));
        continue;
      }
      refuseUnknown(at);
      TroubleSpec spec = at.bind(TroubleSpec.class).orNamed(key);
      WireSpec wire = wires.byEnds().getOrDefault(
          spec.wire(), wires.byKind().get(kinds.getOrDefault(spec.wire(), "")));
      Optional<String> refusal =
          wire == null ? Optional.empty() : spec.refusal(wire.order());
      refusal.ifPresent(why -> at.problem("action", why));
      if (refusal.isEmpty()) {
        trouble.add(spec);
      }
    }
  }

  List<TroubleSpec> trouble() {
    return trouble;
  }

  List<PartTroubleSpec> partTrouble() {
    return partTrouble;
  }
}
