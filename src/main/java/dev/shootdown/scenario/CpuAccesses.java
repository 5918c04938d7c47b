package dev.shootdown.scenario;

import dev.shootdown.kernel.mm.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Accesses of a thread that runs on a CPU alone: it computes until the next one is due, and starts
 * one that is overdue at once. Another process is taken up at its first access.
 */
final class CpuAccesses implements AccessTarget {
  /** Each is two objects, and there are copies. */
  static final int MOST = 100_000;

  private static final int NOBODY = -1;

  private final List<Integer> spaces;
  private final List<Action> actions = new ArrayList<>();
  private int mm = NOBODY;
  private long reachedPs;

  CpuAccesses(int processes) {
    this.spaces = IntStream.range(0, processes).boxed().toList();
  }

  @Override
  public List<Integer> spaces() {
    return spaces;
  }

  @Override
  public void add(AccessRow row) {
    if (row.mm() != mm) {
      mm = row.mm();
      actions.add(new Action.SwitchTo(mm));
    }
    if (row.atPs() > reachedPs) {
      reachedPs = row.atPs();
      actions.add(new Action.SpinUntil(reachedPs));
    }
    actions.add(new Action.TouchAll(mm, row.pages(), row.access()));
  }

  @Override
  public int pagesMost() {
    return MOST;
  }

  /** The CPU's whole workload. */
  List<Action> actions() {
    List<Action> all = new ArrayList<>(actions);
    all.add(new Action.GoIdle());
    return all;
  }
}
