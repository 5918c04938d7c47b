package dev.shootdown.audit;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.PolicyReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads rows, columns and consumers. */
final class AuditReader {
  private static final Pattern SITE = Pattern.compile("C(\\d+)(.*)");
  private static final Pattern KNOWN_SITE =
      Pattern.compile("none|C([1-9]|1[0-9]|2[0-4])[a-z]?");
  private static final String NAME = "[A-Za-z][A-Za-z0-9:+.-]{0,47}";

  private final Map<String, Path> paths;
  private final Map<String, Policy> policies;

  AuditReader(Map<String, Path> paths, Map<String, Policy> policies) {
    this.paths = paths;
    this.policies = policies;
  }

  /** All rows, by site and name. */
  List<Row> rows(Settings all) {
    List<Row> rows = new ArrayList<>();
    for (Settings at : all.objects()) {
      refuseName(at, "row");
      rows.add(row(at));
      at.finish();
    }
    all.finish();
    rows.sort(
        Comparator.comparingInt((Row row) -> number(row.heading().site()))
            .thenComparing(row -> row.heading().site())
            .thenComparing(Row::name));
    return rows;
  }

  private static int number(String site) {
    Matcher number = SITE.matcher(site);
    return number.matches() && number.group(1).length() < 9
        ? Integer.parseInt(number.group(1)) : Integer.MAX_VALUE;
  }

  private static void refuseName(Settings at, String what) {
    if (!at.name().matches(NAME)) {
      at.problem(
          "", "'" + at.name() + "' is no name of a " + what + ": a letter, then letters, digits"
              + " and : + . -");
    }
  }

  private Row row(Settings at) {
    Optional<String> absent = optional(at, "absent");
    String pathName = at.textOr("path", at.name());
    Optional<Path> path = absent.isPresent() ? Optional.empty() : path(at, pathName);
    String site = at.textOr("site", path.map(Path::site).orElse("none"));
    String title = at.textOr("title", path.map(Path::title).orElse(""));
    if (at.has("site") && !KNOWN_SITE.matcher(site).matches()) {
      at.problem("site", "'" + site + "' is no call site; write C1 to C24, or none");
    }
    ConfigObject overlay = object(at, "overlay");
    Set<String> areas = areas(overlay);
    List<Row.Access> accesses = new ArrayList<>();
    for (Settings each : at.children("accesses")) {
      Row.Access access = each.bind(Row.Access.class);
      if (!areas.isEmpty() && !areas.contains(access.area())) {
        each.problem(
            "area",
            "no process of the row has an area '" + access.area() + "'; there are " + areas);
      }
      accesses.add(access);
    }
    if (absent.isEmpty() && accesses.isEmpty()) {
      at.problem("accesses", "say what the consumer accesses: [ { area, page, access } ]");
    }
    Map<String, Integer> requests = new TreeMap<>();
    if (at.has("requests")) {
      Settings formula = at.child("requests");
      formula.keys().forEach(key -> requests.put(key, formula.count(key, 0, 1 << 20)));
    }
    return new Row(
        new Row.Heading(at.name(), site, title, absent), pathName,
        at.textOr("operation", pathName), accesses, requests, overlay);
  }

  /** The areas that a row's own processes have; what is wrong with them is told elsewhere. */
  private static Set<String> areas(ConfigObject overlay) {
    Set<String> areas = new TreeSet<>();
    if (overlay.get("processes") instanceof ConfigList processes) {
      for (ConfigValue process : processes) {
        if (process instanceof ConfigObject named
            && named.get("areas") instanceof ConfigList list) {
          list.stream().filter(ConfigObject.class::isInstance)
              .map(area -> ((ConfigObject) area).get("name")).filter(Objects::nonNull)
              .forEach(name -> areas.add(String.valueOf(name.unwrapped())));
        }
      }
    }
    return areas;
  }

  private Optional<Path> path(Settings at, String name) {
    int plus = name.indexOf('+');
    Path path = paths.get(plus < 0 ? name : name.substring(0, plus));
    if (path == null) {
      at.problem(
          at.has("path") ? "path" : "",
          "'" + name + "' is no path; there are " + paths.keySet()
              + Nearest.to(name, paths.keySet())
                  .map(near -> "; did you mean '" + near + "'?").orElse(""));
      return Optional.empty();
    }
    String variant = plus < 0 ? "" : name.substring(plus + 1);
    if (plus >= 0 && (!path.variants().contains(variant) || variant.equals(Path.PLAIN))) {
      at.problem(
          "path",
          "'" + path.name() + "' has no variant '" + variant + "'; it has " + path.variants());
      return Optional.empty();
    }
    return Optional.of(plus < 0 ? path : path.variant(variant));
  }

  /** All columns, by era, what was shipped before what was not. */
  List<Column> columns(Settings all) {
    List<Column> columns = new ArrayList<>();
    for (Settings at : all.objects()) {
      refuseName(at, "column");
      Policy policy = PolicyReader.named(at, "policy", policies).orElse(Policy.ERA);
      Era era = era(at);
      policy.reasonAgainst(era).ifPresent(
          reason -> at.problem("policy", "has no place in era " + era + ": " + reason));
      columns.add(
          new Column(
              at.name(), at.textOr("title", ""), era, policy, optional(at, "arch"),
              object(at, "overlay")));
      at.finish();
    }
    all.finish();
    columns.sort(
        Comparator.comparing(Column::era).thenComparing(Column::policy, Policy.BY_ORDER)
            .thenComparing(column -> column.arch().orElse(""), Comparator.reverseOrder())
            .thenComparing(Column::name));
    return columns;
  }

  private static Era era(Settings at) {
    String text = at.text("era");
    for (Era era : Era.values()) {
      if (era.name().equals(text)) {
        return era;
      }
    }
    at.problem("era", "'" + text + "' is no era; write A, B or C");
    return Era.C;
  }

  /** All consumers, in their order. */
  List<Consumer> consumers(Settings all) {
    List<Consumer> consumers = new ArrayList<>();
    for (Settings at : all.objects()) {
      refuseName(at, "consumer");
      consumers.add(consumer(at));
      at.finish();
    }
    all.finish();
    consumers.sort(Comparator.comparingInt(Consumer::order).thenComparing(Consumer::name));
    return consumers;
  }

  private static Consumer consumer(Settings at) {
    Consumer.Heading heading = new Consumer.Heading(at.name(), at.textOr("title", ""));
    int order = at.countOr("order", 0, 1_000_000, 1_000_000);
    Optional<String> absent = optional(at, "absent");
    List<String> archs = at.textsOr("archs", List.of("x86"));
    Map<String, String> notInEra = new TreeMap<>();
    Map<String, ConfigObject> byEra = new TreeMap<>();
    for (Era era : Era.values()) {
      if (at.has("not-in-era")) {
        optional(at.child("not-in-era"), era.name())
            .ifPresent(reason -> notInEra.put(era.name(), reason));
      }
      if (at.has("by-era")) {
        byEra.put(era.name(), object(at.child("by-era"), era.name()));
      }
    }
    String into = "";
    ConfigObject entry = Overlays.empty();
    ConfigObject afterQueue = Overlays.empty();
    if (at.has("each")) {
      Settings each = at.child("each");
      into = each.text("into");
      entry = object(each, "entry");
      afterQueue = object(each, "after-queue");
    }
    return new Consumer(
        heading, order, absent, archs, notInEra,
        new Consumer.Setup(
            at.textsOr("devices", List.of()), object(at, "overlay"), byEra, into, entry,
            afterQueue));
  }

  private static Optional<String> optional(Settings at, String key) {
    return at.has(key) ? Optional.of(at.text(key)) : Optional.empty();
  }

  static ConfigObject object(Settings at, String key) {
    if (!at.has(key)) {
      return Overlays.empty();
    }
    at.ignore(key);
    if (at.object().get(key) instanceof ConfigObject object) {
      return object;
    }
    at.problem(key, "must be an object { ... }");
    return Overlays.empty();
  }
}
