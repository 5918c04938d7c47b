package dev.shootdown.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What numbers in a part's state are for, where that isn't to decide by their value. Each was read
 * in its part's code; whatever isn't named here is taken to decide, so a counter that nobody knows
 * keeps a run from being called a lasso.
 */
final class GrowingNumbers {
  /** What a number is for. */
  enum Use {
    /** It decides, or may. */
    DECIDES,
    /** It names something: it is only ever compared with others of its family. */
    NAMES,
    /** It is only stated in facts and results, or the next name is made of it. */
    TOLD,
    /** A time that matters only as long as it is ahead: when something is free, or shows. */
    AHEAD,
    /** A time span, whatever its name. */
    SPAN
  }

  /** Names of both times: which is which, and of each part's own in the same order. */
  static final class Names {
    private final Map<String, Map<Long, Long>> later = new LinkedHashMap<>();
    private final Map<String, Map<Long, Long>> earlier = new LinkedHashMap<>();
    private final Map<String, TreeMap<Long, Long>> own = new LinkedHashMap<>();

    /** Whether what {@code part} called {@code before} may be called {@code after} now. */
    boolean correspond(String family, String part, long before, long after) {
      Long known = later.computeIfAbsent(family, absent -> new LinkedHashMap<>())
          .putIfAbsent(before, after);
      Long back = earlier.computeIfAbsent(family, absent -> new LinkedHashMap<>())
          .putIfAbsent(after, before);
      TreeMap<Long, Long> order =
          own.computeIfAbsent(family + " of " + part, absent -> new TreeMap<>());
      Map.Entry<Long, Long> lower = order.lowerEntry(before);
      Map.Entry<Long, Long> higher = order.higherEntry(before);
      order.put(before, after);
      return (known == null || known == after) && (back == null || back == before)
          && (lower == null || lower.getValue() < after)
          && (higher == null || higher.getValue() > after);
    }
  }

  /** Fields whose word says that they are a span, and those that are a point in time. */
  private static final Pattern SPAN =
      Pattern.compile("(?i).*(duration|latency|delay|every|step|min|constant)Ps");
  private static final Pattern POINT =
      Pattern.compile("(?i).*(at|until|since|from|ends|began|due|before)Ps");
  private static final Pattern SETTINGS = Pattern.compile(".*(Spec|Costs|Layout|Limits)(\\$\\w+)?");

  private static final Map<String, Use> USES = new LinkedHashMap<>();
  private static final Map<String, String> FAMILIES = new LinkedHashMap<>();

  static {
    names("operation", "TimeLine.operation", "KernelCall$Call.operation",
        "KernelCall$Post.operation", "Invalidation$Submit.operation");
    names("ticket", "Steps.number", "Cpu$StepOver.step", "Waits.ticket",
        "KernelCall$Call.ticket", "KernelCall$Reply.ticket",
        "Invalidation$Submit.ticket", "Invalidation$Completed.ticket");
    names("sequence", "Brackets.sequence", "PfnCache.seen", "Fault.seen");
    names("thread", "KvmMmu$Due.thread", "Threads.sleeping");
    names("walk", "PageWalk$Walk.tag", "PageWalk$Entry.tag", "HostWalks.readers");
    names("sleeper", "HmmMirror.sleepers", "HmmMirror$Due.sleeper", "HmmMirror.walks");
    names("run", "PageTable.runs", "PageTable$RunOver.run");
    names("submission", "InvalidationQueue$Batch.number");
    all(Use.TOLD, "HmmMirror.numbers", "TimeLine.begun", "TimeLine.bookedPs",
        "Interrupts.longestOffPs", "Threads.numbers", "HostWalks.tags", "PageTable.runsBegun",
        "InvalidationQueue.submissions", "TranslationCache$Entry.readAtPs",
        "PageWalk$Entry.readAtPs", "StageTwo$Leaf.readAtPs");
    all(Use.AHEAD, "GpuJob.atPs", "DmaDevice.freeAtPs", "Memory.freeAtPs", "Wire.freeAtPs",
        "Wire.heldUntilPs", "Pmd.changesAtPs", "Slot.changesAtPs", "VirtualCpu.stretchEndsPs");
    all(Use.SPAN, "RunSpec.untilPs", "CommandQueues.reclaimPs", "AmdV2Driver.giveUpPs",
        "AmdV2Driver.submitPs");
  }

  private GrowingNumbers() {}

  private static void names(String family, String... fields) {
    for (String field : fields) {
      USES.put(field, Use.NAMES);
      FAMILIES.put(field, family);
    }
  }

  private static void all(Use use, String... fields) {
    for (String field : fields) {
      USES.put(field, use);
    }
  }

  /** All that are named here, as class and field. */
  static Map<String, Use> known() {
    return new LinkedHashMap<>(USES);
  }

  /** What {@code field} of class {@code owner} is for. */
  static Use use(String owner, String field) {
    Use known = USES.get(owner + "." + field);
    if (known != null) {
      return known;
    }
    boolean isSpan =
        SPAN.matcher(field).matches() || SETTINGS.matcher(owner).matches() && !isPoint(field);
    return isTime(field) && isSpan ? Use.SPAN : Use.DECIDES;
  }

  /** What the number names, if it names anything. */
  static Optional<String> family(String owner, String field) {
    return Optional.ofNullable(FAMILIES.get(owner + "." + field));
  }

  /** Whether the number is a time, or a span of it: all these have the unit in their names. */
  static boolean isTime(String field) {
    return field.endsWith("Ps");
  }

  /** Whether its name says that it is a point in time. */
  static boolean isPoint(String field) {
    return POINT.matcher(field).matches();
  }
}
