package dev.shootdown.kernel.notifier;

import dev.shootdown.config.Nearest;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.notifier.Policy.Change;
import dev.shootdown.kernel.notifier.Policy.Flush;
import dev.shootdown.kernel.notifier.Policy.Point;
import dev.shootdown.kernel.notifier.Policy.Subscribers;
import dev.shootdown.kernel.notifier.Policy.Width;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads policies, each refused where it was written if no kernel could have it. */
public final class PolicyReader {
  private static final String NAME = "[a-z][a-z0-9-]{0,31}";
  private static final int LAST = 1_000_000;

  private PolicyReader() {}

  /** All entries of {@code all}, by name. */
  public static Map<String, Policy> read(Settings all) {
    Map<String, Policy> policies = new TreeMap<>();
    for (Settings at : all.objects()) {
      if (!at.name().matches(NAME)) {
        at.problem(
            "", "'" + at.name() + "' is no name of a policy: a small letter, then small letters,"
                + " digits and -");
      }
      policies.put(at.name(), policy(at));
      at.finish();
    }
    all.finish();
    return policies;
  }

  /** The policy that {@code key} names; empty, with a problem there, if there is none. */
  public static Optional<Policy> named(
      Settings at, String key, Map<String, Policy> policies) {
    String name = at.text(key);
    Optional<Policy> policy = Optional.ofNullable(policies.get(name));
    if (policy.isEmpty()) {
      List<String> known =
          policies.values().stream().sorted(Policy.BY_ORDER).map(Policy::name).toList();
      at.problem(
          key, "must be one of " + String.join(", ", known) + ", not '" + name + "'"
              + Nearest.to(name, known).map(near -> "; did you mean '" + near + "'?").orElse(""));
    }
    return policy;
  }

  private static Policy policy(Settings at) {
    List<Flush> flushes = new ArrayList<>();
    for (Settings flush : at.children("flush")) {
      flushes.add(flush(flush));
      flush.finish();
    }
    Policy anywhere =
        new Policy(
            at.name(), at.textOr("title", ""), at.countOr("order", 0, LAST, LAST),
            at.flagOr("own-steps", false), flushes,
            at.choiceOr("subscribers", Subscribers.class, Subscribers.AROUND),
            EnumSet.allOf(Era.class));
    return in(eras(at, anywhere), anywhere);
  }

  private static Policy in(Set<Era> eras, Policy policy) {
    return new Policy(
        policy.name(), policy.title(), policy.order(), policy.ownSteps(), policy.flushes(),
        policy.subscribers(), eras);
  }

  /** Those that are asked for, else those that can have it. */
  private static Set<Era> eras(Settings at, Policy policy) {
    Set<Era> eras = EnumSet.noneOf(Era.class);
    if (!at.has("eras")) {
      for (Era era : Era.values()) {
        if (policy.impossibleIn(era).isEmpty()) {
          eras.add(era);
        }
      }
      if (eras.isEmpty()) {
        at.problem("", "no era can have it: " + policy.impossibleIn(Era.B).orElse(""));
      }
      return eras;
    }
    String text = at.text("eras");
    if (!text.matches("[ABC]+")) {
      at.problem("eras", "'" + text + "' names no eras; write A, B, C or several, such as AB");
      return eras;
    }
    text.chars().forEach(letter -> eras.add(Era.valueOf(Character.toString(letter))));
    for (Era era : eras) {
      policy.impossibleIn(era).ifPresent(
          reason -> at.problem("eras", "era " + era + " can't have it: " + reason));
    }
    return eras;
  }

  private static Flush flush(Settings at) {
    Point point = at.choice("at", Point.class);
    Width range = at.choiceOr("range", Width.class, Flush.usual(point));
    boolean queued = at.flagOr("queued", false);
    Set<Change> after = EnumSet.noneOf(Change.class);
    for (Settings.Item item : at.has("after") ? at.items("after") : List.<Settings.Item>of()) {
      Optional<Change> change = change(item.text());
      change.ifPresent(after::add);
      if (change.isEmpty()) {
        at.problems().add(
            item.origin(), item.path(), "'" + item.text() + "' is no change; there are "
                + changes());
      }
    }
    if (point == Point.CPU_FLUSH) {
      refuse(at, List.of("range", "queued", "after"), "the CPU flush has its own range and time");
    }
    if (point == Point.AT_START) {
      refuse(at, List.of("queued", "after"), "nothing has been changed when a bracket begins");
      if (range == Width.CHANGED) {
        at.problem("range", "nothing has been changed when a bracket begins");
      }
    }
    return new Flush(point, after, range, queued);
  }

  private static void refuse(Settings at, List<String> keys, String why) {
    for (String key : keys) {
      if (at.has(key)) {
        at.problem(key, "has no meaning here: " + why);
      }
    }
  }

  private static Optional<Change> change(String word) {
    for (Change change : Change.values()) {
      if (text(change).equals(word)) {
        return Optional.of(change);
      }
    }
    return Optional.empty();
  }

  private static List<String> changes() {
    List<String> words = new ArrayList<>();
    for (Change change : Change.values()) {
      words.add(text(change));
    }
    return words;
  }

  private static String text(Change change) {
    return change.name().toLowerCase(Locale.ROOT);
  }
}
