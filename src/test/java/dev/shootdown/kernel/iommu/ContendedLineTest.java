package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Dice;
import dev.shootdown.kernel.iommu.QueueTailSpec.Insertion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContendedLineTest {
  private static final int ROUNDS = 2000;

  @Test
  void shouldNeedMoreAccessesWithCompareAndSwapWhenMoreCpusCompete() {
    double few = accessesEach(Insertion.CAS, 8);
    double many = accessesEach(Insertion.CAS, 64);

    assertThat(few).isBetween(4.0, 7.0);
    // Garry 2020: about one compare-and-swap in twelve succeeds on 64 CPUs.
    assertThat(many).isBetween(10.0, 14.0);
  }

  @Test
  void shouldNeedNoMoreAccessesWithFetchAndAddWhenMoreCpusCompete() {
    assertThat(accessesEach(Insertion.FETCH_ADD, 8)).isLessThan(1.2);
    assertThat(accessesEach(Insertion.FETCH_ADD, 64)).isLessThan(1.2);
  }

  @Test
  void shouldKeepTheLineWhenNobodyElseWantsIt() {
    ContendedLine<Integer> line = line(Insertion.CAS, List.of(0, 0));

    assertThat(line.want(1, 1)).isTrue();
    assertThat(line.pass()).isEqualTo(100);
    assertThat(line.accessed()).as("read").isNull();
    assertThat(line.pass()).as("swap").isZero();
    assertThat(line.accessed()).isNull();
    assertThat(line.pass()).as("end of gathering").isZero();
    assertThat(line.accessed()).isEqualTo(1);
    assertThat(line.isWanted()).isFalse();
  }

  @Test
  void shouldTakeLongerWhenTheLineComesFromAnotherSocket() {
    ContendedLine<Integer> line = line(Insertion.FETCH_ADD, List.of(0, 1, 1));
    line.want(0, 0);
    line.pass();
    line.accessed();
    line.pass();
    line.accessed();

    line.want(1, 1);
    assertThat(line.pass()).isEqualTo(130);
    line.accessed();
    line.want(2, 2);
    assertThat(line.pass()).isEqualTo(100);
  }

  private static ContendedLine<Integer> line(Insertion insertion, List<Integer> sockets) {
    return new ContendedLine<>(new QueueTailSpec(insertion, 100, 30), sockets, Dice.of(1, "l"));
  }

  /** Accesses for each move of the tail, with {@code cpus} that always want to move it. */
  private static double accessesEach(Insertion insertion, int cpus) {
    ContendedLine<Integer> line = line(insertion, Collections.nCopies(cpus, 0));
    for (int cpu = 0; cpu < cpus; cpu++) {
      line.want(cpu, cpu);
    }
    List<Integer> moved = new ArrayList<>();
    int accesses = 0;
    while (moved.size() < ROUNDS) {
      line.pass();
      accesses++;
      Integer who = line.accessed();
      if (who != null) {
        moved.add(who);
        line.want(who, who);
      }
    }
    return accesses / (double) ROUNDS;
  }
}
