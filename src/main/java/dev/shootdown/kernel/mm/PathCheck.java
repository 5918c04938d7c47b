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

  /** They wait for other CPUs, which may wait for this one. */
  private static final Set<Primitive> WAITS =
      EnumSet.of(
          Primitive.CPU_FLUSH, Primitive.COMMIT, Primitive.BATCH_FLUSH,
          Primitive.BATCHED_PENDING, Primitive.UPGRADED, Primitive.TABLE_SYNC, Primitive.WAIT,
          Primitive.BARRIER, Primitive.PTE_CLEAR);
  private static final Set<Primitive> NEED_WALK =
      EnumSet.of(Primitive.WALK_READ, Primitive.WALK_TAKE, Primitive.WALK_SAME);
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
    GIVES.put(Primitive.INTERRUPTS_ON, Primitive.INTERRUPTS_OFF);
    GIVES.put(Primitive.WALK_DROP, Primitive.WALK_TAKE);
  }

  private final List<PathStep> steps;
  private final int failing;
  private final List<Primitive> taken = new ArrayList<>();
  private final List<PathStep> takers = new ArrayList<>();
  private final ArrayDeque<List<Primitive>> loops = new ArrayDeque<>();
  private final Set<String> freed = new TreeSet<>();
  private boolean tableLocked;
  private boolean exclusiveRmap;
  private boolean fresh;
  private boolean walks;
  private int checks;
  private PathStep locker;
  private PathStep checker;

  private PathCheck(List<PathStep> steps, int failing) {
    this.steps = steps;
    this.failing = failing;
  }

  /** What is wrong, and the step that it shows at, or that nothing answers. */
  public record Fault(String message, PathStep step) {
    private Fault with(String more) {
      return new Fault(message + more, step);
    }
  }

  /** What is wrong with the steps that one kernel has, if anything is. */
  public static Optional<String> check(List<PathStep> steps) {
    return fault(steps).map(Fault::message);
  }

  /** The same with its place. */
  public static Optional<Fault> fault(List<PathStep> steps) {
    Optional<Fault> wrong = new PathCheck(steps, -1).walk();
    for (int i = 0; i < steps.size() && wrong.isEmpty(); i++) {
      PathStep step = steps.get(i);
      if (PathFlow.CHECKS.contains(step.primitive())) {
        wrong = new PathCheck(steps, i).walk()
            .map(fault -> fault.with(", if '" + step.primitive().text() + "' fails"));
      } else if (step.has("nonblock")) {
        wrong = new PathCheck(steps, i).walk()
            .map(fault -> fault.with(", if a subscriber refuses"));
      }
    }
    return wrong;
  }

  private Optional<Fault> walk() {
    int at = 0;
    while (at < steps.size()) {
      PathStep step = steps.get(at);
      String wrong = at == failing ? "" : place(step);
      if (!wrong.isEmpty()) {
        return Optional.of(new Fault(wrong, step));
      }
      at = next(at, step.primitive());
    }
    if (tableLocked) {
      return Optional.of(
          new Fault("a step keeps the page-table lock, but 'ptl-unlock' never follows", locker));
    }
    if (checks > 0) {
      return Optional.of(new Fault("a check is never followed by 'end-check'", checker));
    }
    return taken.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Fault(
                "'" + taken.get(0).text() + "' is never followed by '" + giver(taken.get(0)) + "'",
                takers.get(0)));
  }

  private int next(int at, Primitive primitive) {
    if (at == failing && PathFlow.CHECKS.contains(primitive)) {
      int end = PathFlow.end(steps, at + 1, true);
      boolean atElse = steps.get(end - 1).primitive() == Primitive.ELSE;
      checks += atElse ? 1 : 0;
      checker = steps.get(at);
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
    String wrong = placeOfWalk(primitive, name);
    if (!wrong.isEmpty()) {
      return wrong;
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
    locker = !tableLocked && step.keepsLock() ? step : locker;
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
      checker = step;
    }
    if (primitive == Primitive.ELSE || primitive == Primitive.END_CHECK) {
      return endCheck(primitive, name);
    }
    return primitive == Primitive.MMAP_DOWNGRADE ? downgrade(step) : takeOrGive(step, name);
  }

  private String placeOfWalk(Primitive primitive, String name) {
    boolean off = taken.contains(Primitive.INTERRUPTS_OFF);
    if (off && SLEEPS.contains(primitive)) {
      return name + " may sleep, but interrupts are off";
    }
    if (off && WAITS.contains(primitive)) {
      return name + " may wait for other CPUs, but interrupts are off";
    }
    walks = walks || primitive == Primitive.WALK_ENTER;
    return NEED_WALK.contains(primitive) && !walks
        ? name + " needs 'walk-enter' before it" : "";
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

  private String downgrade(PathStep step) {
    if (!taken.contains(Primitive.MMAP_W_LOCK)) {
      return "'mmap-downgrade' comes without 'mmap-w-lock' before it";
    }
    give(Primitive.MMAP_W_LOCK);
    take(Primitive.MMAP_R_LOCK, step);
    return "";
  }

  private void take(Primitive primitive, PathStep step) {
    taken.add(primitive);
    takers.add(step);
  }

  private void give(Primitive primitive) {
    int last = taken.lastIndexOf(primitive);
    taken.remove(last);
    takers.remove(last);
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
      take(primitive, step);
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
    give(taker);
    return "";
  }

  private static String giver(Primitive taker) {
    return GIVES.entrySet().stream()
        .filter(pair -> pair.getValue() == taker).findFirst().orElseThrow().getKey().text();
  }
}
