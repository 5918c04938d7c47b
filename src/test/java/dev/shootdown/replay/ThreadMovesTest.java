package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.kernel.mm.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ThreadMovesTest {
  private final ThreadMoves moves = new ThreadMoves();
  private final Map<Integer, List<Action>> work =
      new TreeMap<>(Map.of(0, new ArrayList<>(), 1, new ArrayList<>()));

  /** Thread {@code tid} does something on {@code cpu}; what it waited for. */
  private Optional<Action> does(int tid, int cpu, int mark) {
    Optional<Action> wait = moves.goesOn(tid, cpu);
    wait.ifPresent(work.get(cpu)::add);
    work.get(cpu).add(new Action.SpinFor(mark));
    moves.done(work);
    return wait;
  }

  @Test
  void shouldWaitForTheOldCpuWhenAThreadGoesOnElsewhere() {
    assertThat(does(7, 0, 1)).isEmpty();
    assertThat(does(7, 0, 2)).isEmpty();
    assertThat(does(8, 0, 3)).as("another one, after it").isEmpty();
    Action await = does(7, 1, 4).orElseThrow();
    moves.tell(work);

    Action signal = new Action.Signal(((Action.Await) await).name());
    assertThat(work.get(0)).containsExactly(
        new Action.SpinFor(1), new Action.SpinFor(2), signal, new Action.SpinFor(3));
    assertThat(work.get(1)).containsExactly(await, new Action.SpinFor(4));
  }

  @Test
  void shouldGiveEachMoveItsOwnNameWhenAThreadGoesToAndFro() {
    does(7, 0, 1);
    Action there = does(7, 1, 2).orElseThrow();
    Action back = does(7, 0, 3).orElseThrow();
    moves.tell(work);

    assertThat(there).isNotEqualTo(back);
    assertThat(work.get(0)).containsExactly(
        new Action.SpinFor(1), new Action.Signal(((Action.Await) there).name()), back,
        new Action.SpinFor(3));
    assertThat(work.get(1)).containsExactly(
        there, new Action.SpinFor(2), new Action.Signal(((Action.Await) back).name()));
  }
}
