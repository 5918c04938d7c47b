package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.kernel.notifier.FaultThread;
import dev.shootdown.protocol.Program;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The CPU whose thread serves, in its process, the faults of one part: {@code faults-on = cpu1}.
 * It does nothing else.
 *
 * @param cpu its name
 * @param domain the component that it takes faults from
 */
record FaultServer(String cpu, String domain) {
  private static final String KEY = "faults-on";

  /** The CPU that {@code part} names; empty if it names none. */
  static Optional<String> read(Settings part) {
    return Optional.of(part.textOr(KEY, "")).filter(name -> !name.isEmpty());
  }

  /** Refuses a CPU that is none, or that has something else to do. */
  static void check(Settings root, Settings part, String own, Names names) {
    String cpu = part.text(KEY);
    names.cpu(part, KEY);
    for (Settings work : root.children("workload")) {
      if (work.has("cpu") && work.text("cpu").equals(cpu)) {
        part.problem(KEY, "'" + cpu + "' has a workload; a CPU that serves faults has none");
      }
    }
    for (Settings other : root.child("machine").children("parts")) {
      if (other.has(KEY) && other.has("name") && !other.text("name").equals(own)
          && other.text(KEY).equals(cpu)) {
        part.problem(
            KEY, "'" + cpu + "' serves '" + other.text("name") + "' already; name another");
      }
    }
  }

  /** What {@code name} runs, if it is this CPU. */
  Optional<Program> on(String name, ToIntFunction<String> domainOf, FaultHandlers faults) {
    return name.equals(cpu)
        ? Optional.of(new FaultThread(domainOf.applyAsInt(domain), faults)) : Optional.empty();
  }
}
