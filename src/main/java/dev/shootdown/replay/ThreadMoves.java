package dev.shootdown.replay;

import dev.shootdown.kernel.mm.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Threads that go from one CPU to another: on the new one they go on only when the old one has done
 * what they did there. Without that, a simulated CPU that is late would run a thread that already
 * runs elsewhere, and the two would interrupt each other.
 *
 * <p>Whoever waits is waited for by nobody before: what a move waits for was recorded earlier.
 */
final class ThreadMoves {
  private final Map<Integer, Place> lastByTid = new TreeMap<>();
  private final List<Mark> marks = new ArrayList<>();
  private int tid;
  private int cpu = Stamp.NO_CPU;

  /** Where in the work of a CPU something ends. */
  private record Place(int cpu, int actions) {}

  private record Mark(Place place, String name) {}

  /** The thread goes on, on that CPU; what it waits for if it was on another before. */
  Optional<Action> goesOn(int movedTid, int toCpu) {
    tid = movedTid;
    cpu = toCpu;
    Place last = lastByTid.get(movedTid);
    if (last == null || last.cpu() == toCpu) {
      return Optional.empty();
    }
    String name = "thread " + movedTid + ", move " + marks.size();
    marks.add(new Mark(last, name));
    return Optional.of(new Action.Await(name));
  }

  /** What the thread did last is complete; its CPU has that much to do by now. */
  void done(Map<Integer, List<Action>> work) {
    if (cpu != Stamp.NO_CPU) {
      lastByTid.put(tid, new Place(cpu, work.get(cpu).size()));
      cpu = Stamp.NO_CPU;
    }
  }

  /** Lets each CPU say where a thread left it. */
  void tell(Map<Integer, List<Action>> work) {
    marks.sort((a, b) -> Integer.compare(b.place().actions(), a.place().actions()));
    marks.forEach(mark -> work.get(mark.place().cpu())
        .add(mark.place().actions(), new Action.Signal(mark.name())));
  }
}
