package dev.shootdown.audit;

import dev.shootdown.config.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which cells are wanted; an empty list stands for the default.
 *
 * @param sites numbers ({@code C5}, with all variants, or {@code C5h}), rows or paths
 * @param policies {@code at-end}; {@code era} and {@code arch} both mean what was shipped
 * @param consumers by name
 * @param eras {@code A}, {@code B}, {@code C}
 * @param archs {@code x86}
 * @param columns by name; beside them, eras and policies mean nothing
 */
public record Selection(
    List<String> sites, List<String> policies, List<String> consumers, List<String> eras,
    List<String> archs, List<String> columns) {
  private static final List<String> DEFAULT_ERAS = List.of("B", "C");
  private static final int DEFAULT_CONSUMERS = 6;

  /** A refusal of what was asked for. */
  public static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean notModelled;

    Unknown(String message, boolean notModelled) {
      super(message);
      this.notModelled = notModelled;
    }

    /** Whether it makes sense, and there is no model of it. */
    public boolean isNotModelled() {
      return notModelled;
    }
  }

  /** One cell. */
  public static Selection of(CellName cell) {
    return new Selection(
        List.of("=" + cell.row()), List.of(), List.of(cell.consumer()), List.of(), List.of(),
        List.of("=" + cell.column()));
  }

  /** What is left of {@code spec}, in its order. */
  public record Chosen(List<Row> rows, List<Column> columns, List<Consumer> consumers) {}

  /**
   * Chooses.
   *
   * @throws Unknown if a name means nothing, or nothing is left
   */
  public Chosen of(AuditSpec spec) {
    List<Row> rows =
        chosen("site", sites, spec.rows(), Selection::names, row -> true);
    List<Consumer> users =
        chosen(
            "consumer", consumers, spec.consumers(), each -> List.of(each.name()),
            spec.present().stream().limit(DEFAULT_CONSUMERS).toList()::contains);
    for (Consumer consumer : users) {
      if (consumer.absent().isPresent()) {
        throw new Unknown(
            "consumer '" + consumer.name() + "' is not modelled: " + consumer.absent().get(),
            true);
      }
    }
    List<Column> kernels = kernels(spec, users);
    if (!archs.isEmpty()) {
      TreeSet<String> known = new TreeSet<>();
      spec.present().forEach(consumer -> known.addAll(consumer.archs()));
      archs.forEach(arch -> refuseUnknown("architecture", arch, known));
      kernels =
          kernels.stream()
              .filter(
                  column -> users.stream()
                      .anyMatch(user -> archs.contains(CellLoader.arch(column, user))))
              .toList();
    }
    if (rows.isEmpty() || kernels.isEmpty() || users.isEmpty()) {
      throw new Unknown("no cell is left by the selection", false);
    }
    return new Chosen(rows, kernels, users);
  }

  /** Without those of architectures that no consumer has, unless they are asked for by name. */
  private List<Column> kernels(AuditSpec spec, List<Consumer> users) {
    if (!columns.isEmpty()) {
      return chosen(
          "column", columns, spec.columns(), column -> names(column), column -> true);
    }
    List<Column> ofEras =
        chosen(
            "era", eras, spec.columns(), column -> List.of(column.era().name()),
            column -> DEFAULT_ERAS.contains(column.era().name()));
    TreeSet<String> known = new TreeSet<>(spec.policies());
    policies.forEach(policy -> refuseUnknown("policy", policy, known));
    return ofEras.stream()
        .filter(
            column -> policies.isEmpty()
                || policies(column).stream().anyMatch(policies::contains))
        .filter(
            column -> column.arch().isEmpty()
                || users.stream().anyMatch(user -> user.archs().contains(column.arch().get())))
        .toList();
  }

  private static List<String> policies(Column column) {
    return column.isShipped() ? List.of("era", "arch") : List.of(column.policy().name());
  }

  /** A column by its name, or what an era shipped by the era's. */
  private static List<String> names(Column column) {
    String exact = "=" + column.name();
    return column.isShipped()
        ? List.of(exact, column.name(), column.era().name()) : List.of(exact, column.name());
  }

  /** C5h is meant by itself, by C5, by the row's name and by the path's. */
  private static List<String> names(Row row) {
    List<String> names =
        new ArrayList<>(
            List.of("=" + row.name(), row.name(), row.heading().site(), row.path()));
    String number = row.heading().site().replaceFirst("^(C\\d+).*$", "$1");
    names.add(number);
    int plus = row.path().indexOf('+');
    if (plus > 0) {
      names.add(row.path().substring(0, plus));
    }
    return names;
  }

  private static <T> List<T> chosen(
      String what, List<String> wanted, List<T> all, Function<T, List<String>> names,
      Predicate<T> byDefault) {
    if (wanted.isEmpty()) {
      return all.stream().filter(byDefault).toList();
    }
    TreeSet<String> known = new TreeSet<>();
    all.forEach(each -> known.addAll(names.apply(each)));
    wanted.forEach(name -> refuseUnknown(what, name, known));
    return all.stream()
        .filter(each -> names.apply(each).stream().anyMatch(wanted::contains))
        .toList();
  }

  private static void refuseUnknown(String what, String name, Collection<String> known) {
    if (!known.contains(name)) {
      boolean exact = name.startsWith("=");
      TreeSet<String> plain = new TreeSet<>();
      known.stream().filter(each -> !exact || each.startsWith("="))
          .forEach(each -> plain.add(plain(each)));
      String meant = exact && what.equals("site") ? "row" : what;
      throw new Unknown(
          "there is no " + meant + " '" + plain(name) + "'"
              + Nearest.to(plain(name), plain).map(near -> "; did you mean '" + near + "'?")
                  .orElse("; there are " + String.join(", ", plain)),
          false);
    }
  }

  /** Names that mean one thing alone have a mark in front. */
  private static String plain(String name) {
    return name.startsWith("=") ? name.substring(1) : name;
  }
}
