package dev.shootdown.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Ledger;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.Dice;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random programs under random interrupts: time is neither lost nor booked twice. */
class CpuSwarmTest {
  private static final int RUNS = 150;

  @Test
  void shouldBookEachInstantOnceWhenProgramsAndInterruptsAreRandom() {
    for (long seed = 1; seed <= RUNS; seed++) {
      RandomCpu run = new RandomCpu(Dice.of(seed, "swarm"));
      run.toTheEnd();

      assertThat(run.isFinished()).as("seed %d: the program came to its end", seed).isTrue();
      assertThat(run.acknowledged()).as("seed %d: one answer per flush", seed)
          .containsExactlyInAnyOrderElementsOf(run.flushed());
      checkLedger(run.cpu(), seed);
      checkSums(run.cpu(), seed);
    }
  }

  private static void checkLedger(CpuRig cpu, long seed) {
    Ledger ledger = new Ledger();
    cpu.ctx.marks().stream()
        .filter(mark -> !(mark.fact() instanceof MachineFact.Stolen))
        .forEach(mark -> ledger.seen(mark.atPs(), "cpu0", mark.fact()));
    assertThat(ledger.gaps()).as("seed %d", seed).isEmpty();
    assertThat(ledger.rows()).as("seed %d", seed).isNotEmpty().allMatch(LedgerRow::isFinished);
  }

  /** By hand, so that a ledger that overlooks something is noticed too. */
  private static void checkSums(CpuRig cpu, long seed) {
    long beganPs = 0;
    long bookedUntilPs = 0;
    for (var mark : cpu.ctx.marks()) {
      if (mark.fact() instanceof MachineFact.OperationBegan) {
        beganPs = mark.atPs();
        bookedUntilPs = beganPs;
      } else if (mark.fact() instanceof MachineFact.Booked booked) {
        assertThat(booked.fromPs()).as("seed %d", seed).isEqualTo(bookedUntilPs);
        assertThat(booked.untilPs()).as("seed %d", seed).isGreaterThan(booked.fromPs());
        bookedUntilPs = booked.untilPs();
      } else if (mark.fact() instanceof MachineFact.OperationEnded) {
        assertThat(bookedUntilPs).as("seed %d", seed).isEqualTo(mark.atPs());
      }
    }
    List<MachineFact.Filled> filled = cpu.part.marks(MachineFact.Filled.class);
    assertThat(filled).as("seed %d: nothing read before a flush is cached after it", seed)
        .allMatch(fill -> noFlushSince(cpu, fill));
  }

  private static boolean noFlushSince(CpuRig cpu, MachineFact.Filled fill) {
    for (var mark : cpu.ctx.marks()) {
      if (mark.fact() == fill) {
        return true;
      }
      if (mark.fact() instanceof MachineFact.Dropped dropped
          && dropped.cause() == MachineFact.Cause.INVALIDATED
          && dropped.range().contains(fill.page()) && mark.atPs() > fill.readAtPs()) {
        return false;
      }
    }
    return true;
  }
}
