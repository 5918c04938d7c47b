package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.mm.PathStep.Primitive;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a path must not do: give back what it never took, end with something still taken, free what
 * it has freed, sleep under the page-table lock, or use what it doesn't have. Walks over the steps
 * once with every check passing, and once more for each check that may fail and each bracket that
 * may be refused.
 */
public final class PathCheck {
  private static final Map<Primitive, Primitive> GIVES = new EnumMap<>(Primitive.class);
  private static final Set<Primitive> SLEEPS =
      EnumSet.of(
          Primitive.MMAP_W_LOCK, Primitive.MMAP_R_LOCK, Primitive.RMAP_LOCK,
          Primitive.FOLIO_LOCK, Primitive.N_START, Primitive.N_END, Primitive.N_ONLY_END,
          Primitive.PAGE_ALLOC, Primitive.PTE_POPULATE, Primitive.WRITE_BACK,
          Primitive.CACHE_DROP, Primitive.GATHER_BEGIN, Primitive.RELEASE, Primitive.PASID_BIND,
          Primitive.PASID_CLEAR, Primitive.PASID_FLUSH, Primitive.PRQ_DRAIN,
          Primitive.PASID_FREE);
  private static final Set<Primitive> LOOPS =
      EnumSet.of(Primitive.FOR_AREA, Primitive.FOR_GROUP, Primitive.FOR_PAGE);
  private static final Set<Primitive> NEED_FRESH =
      EnumSet.of(
          Primitive.PTE_SET, Primitive.PTE_REPOINT, Primitive.PMD_COLLAPSE, Primitive.PMD_REPOINT,
          Primitive.COPY_CONTENT);

  private static final Set<Primitive> FREES =
      EnumSet.of(Primitive.PAGE_FREE, Primitive.TABLE_FREE);

  static {
    GIVES.put(Primitive.MMAP_W_UNLOCK, Primitive.MMAP_W_LOCK);
    GIVES.put(Primitive.MMAP_R_UNLOCK, Primitive.MMAP_R_LOCK);
    GIVES.put(Primitive.RMAP_UNLOCK, Primitive.RMAP_LOCK);
    GIVES.put(Primitive.FOLIO_UNLOCK, Primitive.FOLIO_LOCK);
    GIVES.put(Primitive.GATHER_END, Primitive.GATHER_BEGIN);
    GIVES.put(Primitive.N_END, Primitive.N_START);
    GIVES.put(Primitive.N_ONLY_END, Primitive.N_START);
    GIVES.put(Primitive.END_AREA, Primitive.FOR_AREA);
    GIVES.put(Primitive.END_GROUP, Primitive.FOR_GROUP);
    GIVES.put(Primitive.END_PAGE, Primitive.FOR_PAGE);
  }

  private final List<PathStep> steps;
  private final int failing;
  private final List<Primitive> taken = new ArrayList<>();
  private final ArrayDeque<List<Primitive>> loops = new ArrayDeque<>();
  private final Set<String> freed = new TreeSet<>();
  private boolean tableLocked;
  private boolean exclusiveRmap;
  private boolean fresh;
  private int checks;

  private PathCheck(List<PathStep> steps, int failing) {
    this.steps = steps;
    this.failing = failing;
  }

  /** What is wrong with the steps that one kernel has, if anything is. */
  public static Optional<String> check(List<PathStep> steps) {
    Optional<String> wrong = new PathCheck(steps, -1).walk();
    for (int i = 0; i < steps.size() && wrong.isEmpty(); i++) {
      PathStep step = steps.get(i);
      if (PathFlow.CHECKS.contains(step.primitive())) {
        wrong = new PathCheck(steps, i).walk()
            .map(text -> text + ", if '" + step.primitive().text() + "' fails");
      } else if (step.has("nonblock")) {
        wrong = new PathCheck(steps, i).walk().map(text -> text + ", if a subscriber refuses");
      }
    }
    return wrong;
  }

  private Optional<String> walk() {
    int at = 0;
    while (at < steps.size()) {
      PathStep step = steps.get(at);
      String wrong = at == failing ? "" : place(step);
      if (!wrong.isEmpty()) {
        return Optional.of(wrong);
      }
      at = next(at, step.primitive());
    }
    if (tableLocked) {
      return Optional.of("a step keeps the page-table lock, but 'ptl-unlock' never follows");
    }
    if (checks > 0) {
      return Optional.of("a check is never followed by 'end-check'");
    }
    return taken.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "'" + taken.get(0).text() + "' is never followed by '" + giver(taken.get(0)) + "'");
  }

  private int next(int at, Primitive primitive) {
    if (at == failing && PathFlow.CHECKS.contains(primitive)) {
      int end = PathFlow.end(steps, at + 1, true);
      boolean atElse = steps.get(end - 1).primitive() == Primitive.ELSE;
      checks += atElse ? 1 : 0;
      return end;
    }
    if (at == failing) {
      return PathFlow.behind(steps, at + 1, PathBrackets.ENDS);
    }
    if (primitive == Primitive.ELSE) {
      checks--;
      return PathFlow.end(steps, at + 1, false);
    }
    return at + 1;
  }

  /** What is wrong with the step where it stands; empty if nothing is. */
  private String place(PathStep step) {
    Primitive primitive = step.primitive();
    String name = "'" + primitive.text() + "'";
    if (tableLocked && SLEEPS.contains(primitive)) {
      return name + " may sleep, but the page-table lock is held";
    }
    if (primitive == Primitive.PTL_UNLOCK) {
      if (!tableLocked) {
        return "'ptl-unlock' comes without a step that keeps the lock before it";
      }
      tableLocked = false;
    }
    if (primitive == Primitive.PTE_RETURN && !tableLocked) {
      return name + " puts back what was cleared under the page-table lock, which is not held";
    }
    tableLocked = tableLocked || step.keepsLock();
    fresh = fresh || primitive == Primitive.PAGE_ALLOC
        || (primitive == Primitive.PTE_LOOK && step.has("to"));
    if (NEED_FRESH.contains(primitive) && !fresh) {
      return name + " needs fresh frames: 'page-alloc' or 'pte-look to' has to come before it";
    }
    if (!isFreedOnce(step)) {
      return "'" + phrase(step) + "' comes twice, and nothing was taken out in between";
    }
    if (PathFlow.CHECKS.contains(primitive)) {
      checks++;
    }
    if (primitive == Primitive.ELSE || primitive == Primitive.END_CHECK) {
      return endCheck(primitive, name);
    }
    return primitive == Primitive.MMAP_DOWNGRADE ? downgrade() : takeOrGive(step, name);
  }

  /** Visits and allocations bring something new to free, and so does the next round of a loop. */
  private boolean isFreedOnce(PathStep step) {
    Primitive primitive = step.primitive();
    String text = primitive.text();
    if (text.startsWith("pte-") || text.startsWith("pmd-") || LOOPS.contains(primitive)
        || primitive == Primitive.TABLE_DETACH || primitive == Primitive.PAGE_ALLOC) {
      freed.clear();
    }
    return !FREES.contains(primitive) || freed.add(phrase(step));
  }

  /** The step with what it is about, said or not. */
  private static String phrase(PathStep step) {
    String text = step.primitive().text();
    if (step.primitive() != Primitive.PAGE_FREE) {
      return text;
    }
    return text + " " + (step.words().isEmpty() ? "gathered" : step.words().get(0));
  }

  private String endCheck(Primitive primitive, String name) {
    if (checks == 0) {
      return name + " comes without a check before it: " + PathFlow.CHECKS.stream()
          .map(Primitive::text).toList();
    }
    checks -= primitive == Primitive.END_CHECK ? 1 : 0;
    return "";
  }

  private String downgrade() {
    if (!taken.remove(Primitive.MMAP_W_LOCK)) {
      return "'mmap-downgrade' comes without 'mmap-w-lock' before it";
    }
    taken.add(Primitive.MMAP_R_LOCK);
    return "";
  }

  private String takeOrGive(PathStep step, String name) {
    Primitive primitive = step.primitive();
    if (GIVES.containsValue(primitive)) {
      boolean nests = primitive == Primitive.N_START;
      if (primitive == Primitive.FOR_AREA && !loops.isEmpty()) {
        return name + " can't stand inside of another repetition";
      }
      if (!nests && taken.contains(primitive)) {
        return name + " comes twice without '" + giver(primitive) + "'";
      }
      taken.add(primitive);
      if (primitive == Primitive.RMAP_LOCK) {
        exclusiveRmap = step.has("exclusive");
      }
      if (LOOPS.contains(primitive)) {
        loops.push(List.copyOf(taken));
      }
      return "";
    }
    Primitive taker = GIVES.get(primitive);
    if (taker == null) {
      return "";
    }
    if (!taken.contains(taker)) {
      return name + " comes without '" + taker.text() + "' before it";
    }
    if (taker == Primitive.RMAP_LOCK && exclusiveRmap != step.has("exclusive")) {
      return name + " gives back another kind of lock than 'rmap-lock' took: write "
          + (exclusiveRmap ? "'rmap-unlock exclusive'" : "'rmap-unlock'");
    }
    if (LOOPS.contains(taker) && (!loops.peek().equals(taken) || tableLocked)) {
      return "what is taken between '" + taker.text() + "' and " + name
          + " has to be given back there, and nothing else";
    }
    if (LOOPS.contains(taker)) {
      loops.pop();
    }
    taken.remove(taken.lastIndexOf(taker));
    return "";
  }

  private static String giver(Primitive taker) {
    return GIVES.entrySet().stream()
        .filter(pair -> pair.getValue() == taker).findFirst().orElseThrow().getKey().text();
  }
}
