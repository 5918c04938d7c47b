package dev.shootdown.kernel.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MmuLockTest {
  private final MmuLock lock = new MmuLock();
  private final List<String> granted = new ArrayList<>();

  private void take(String who, boolean exclusive) {
    lock.take(() -> granted.add(who), exclusive);
  }

  @Test
  void shouldLetReadersInTogetherWhenNobodyWrites() {
    take("a", false);
    take("b", false);

    assertThat(granted).containsExactly("a", "b");
    assertThat(lock.isContended()).isFalse();
  }

  @Test
  void shouldMakeLaterReadersWaitWhenAWriterIsInTheQueue() {
    take("reader", false);
    take("writer", true);
    take("late", false);
    assertThat(granted).containsExactly("reader");
    assertThat(lock.isContended()).isTrue();

    lock.give(false);
    assertThat(granted).containsExactly("reader", "writer");

    lock.give(true);
    assertThat(granted).containsExactly("reader", "writer", "late");
    assertThat(lock.isContended()).isFalse();
  }
}
