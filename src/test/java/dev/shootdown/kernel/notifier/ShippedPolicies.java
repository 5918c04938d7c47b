package dev.shootdown.kernel.notifier;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import java.util.List;
import java.util.Map;

/** The policies that ship, for tests below the scenarios. */
public final class ShippedPolicies {
  private static final Map<String, Policy> BY_NAME = read();

  private ShippedPolicies() {}

  private static Map<String, Policy> read() {
    Problems problems = new Problems();
    Settings root = Settings.of(ConfigFiles.reference(problems), "", problems);
    Map<String, Policy> policies = PolicyReader.read(root.child("policies"));
    problems.throwIfAny();
    return policies;
  }

  /** The one of that name. */
  public static Policy of(String name) {
    if (!BY_NAME.containsKey(name)) {
      throw new IllegalArgumentException("no policy '" + name + "' in " + BY_NAME.keySet());
    }
    return BY_NAME.get(name);
  }

  /** All, in their order. */
  public static List<Policy> all() {
    return BY_NAME.values().stream().sorted(Policy.BY_ORDER).toList();
  }
}
