package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.KernelCallKernelSideContract.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any domain with a sleeping lock owes, as Linux's rwsem does: turns in order of arrival. */
public abstract class KernelLockContract {
  /** A fresh domain whose lock is free, at time 0. */
  protected abstract Subject subject();

  /** The breaches that the domain has stated. */
  protected abstract List<String> breaches(Subject domain);

  private static void lock(Subject domain, int cpu, boolean exclusive) {
    domain.hear(new KernelCall.Call(cpu, cpu, cpu, new KernelCall.Lock(exclusive)));
  }

  private static void unlock(Subject domain, int cpu, boolean exclusive) {
    domain.hear(new KernelCall.Post(cpu, cpu, new KernelCall.Unlock(exclusive)));
  }

  /** The CPUs that were granted the lock since the last call, in order. */
  private static List<Integer> granted(Subject domain) {
    domain.runUntil(domain.nowPs() + 1_000);
    return domain.takeAnswers().stream().map(KernelCallKernelSideContract.Answer::cpu).toList();
  }

  @Test
  void shouldGiveTurnsInOrderWhenWritersWait() {
    Subject domain = subject();
    for (int cpu : List.of(2, 0, 3, 1)) {
      lock(domain, cpu, true);
    }
    assertThat(granted(domain)).containsExactly(2);
    unlock(domain, 2, true);
    assertThat(granted(domain)).containsExactly(0);
    unlock(domain, 0, true);
    assertThat(granted(domain)).containsExactly(3);
    unlock(domain, 3, true);
    assertThat(granted(domain)).containsExactly(1);
  }

  @Test
  void shouldLetReadersInTogetherWhenNobodyWrites() {
    Subject domain = subject();
    lock(domain, 0, false);
    lock(domain, 1, false);
    assertThat(granted(domain)).containsExactly(0, 1);
    lock(domain, 2, true);
    unlock(domain, 0, false);
    assertThat(granted(domain)).as("one reader is left").isEmpty();
    unlock(domain, 1, false);
    assertThat(granted(domain)).containsExactly(2);
  }

  @Test
  void shouldHoldBackLaterReadersWhenAWriterWaits() {
    Subject domain = subject();
    lock(domain, 0, false);
    lock(domain, 1, true);
    lock(domain, 2, false);
    lock(domain, 3, false);
    assertThat(granted(domain)).containsExactly(0);
    unlock(domain, 0, false);
    assertThat(granted(domain)).containsExactly(1);
    unlock(domain, 1, true);
    assertThat(granted(domain)).as("both readers at once").containsExactly(2, 3);
  }

  @Test
  void shouldTellTheWaitWhenTheLockWasTaken() {
    Subject domain = subject();
    lock(domain, 0, true);
    granted(domain);
    long askedPs = domain.nowPs();
    lock(domain, 1, true);
    domain.runUntil(askedPs + 700);
    unlock(domain, 0, true);

    KernelCall.Reply reply = domain.takeAnswers().get(0).reply();
    assertThat(reply.arrivedPs()).isEqualTo(askedPs);
    assertThat(reply.grantedPs()).isEqualTo(askedPs + 700);
  }

  /** A mistake of the program is a verdict, not a crash. */
  @Test
  void shouldStateABreachWhenWhatIsGivenBackWasNotTaken() {
    for (boolean exclusive : new boolean[] {true, false}) {
      Subject free = subject();
      unlock(free, 0, exclusive);
      assertThat(breaches(free)).singleElement().asString()
          .contains("operation 0").contains("not locked");
      Subject other = subject();
      lock(other, 0, !exclusive);
      unlock(other, 0, exclusive);
      assertThat(breaches(other)).hasSize(1);
      unlock(other, 0, !exclusive);
      assertThat(breaches(other)).as("the lock is as it was").hasSize(1);
    }
  }
}
