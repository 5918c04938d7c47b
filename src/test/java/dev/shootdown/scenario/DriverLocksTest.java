package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.Account;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who waits for whose spinlock, by what the ledger says; scenario 56 has the machine. */
class DriverLocksTest {
  private static final Path FILE = Scene.shipped("56");
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static long lockWaitPs(String variant, String... overrides) {
    return waited(Scene.run(pool, Scene.variant(FILE, variant, overrides)));
  }

  private static long waited(ScenarioResult result) {
    assertThat(result.judgement().gaps()).isEmpty();
    assertThat(result.judgement().rows()).isNotEmpty();
    return result.judgement().rows().stream().filter(row -> row.kind().equals("dontneed"))
        .mapToLong(row -> row.accountPs(Account.LOCK_WAIT)).sum();
  }

  @Test
  void shouldWaitForEachOtherWhenTwoCpusWriteForOneIommu() {
    assertThat(lockWaitPs("vtd-apart")).isZero();
    assertThat(lockWaitPs("vtd-shared")).isPositive();
    assertThat(lockWaitPs("amd-apart")).isZero();
  }

  @Test
  void shouldWaitForTheOthersDeviceWhenTheLockIsKeptWhileWaiting() {
    long kept = lockWaitPs("amd-shared");
    long givenBack = lockWaitPs("amd-shared-later");

    assertThat(givenBack).isPositive();
    assertThat(kept).isGreaterThan(10 * givenBack);
  }

  @Test
  void shouldWaitForTheDomainWhenTwoThreadsShareAnAddressSpace() {
    long both = lockWaitPs("vtd-one-process");

    assertThat(lockWaitPs("vtd-one-process", "kernel.driver-locks.space=false"))
        .isLessThan(both);
  }

  @Test
  void shouldWaitForNobodyWhenThereAreNoLocks() {
    for (String variant : List.of("vtd-shared", "amd-shared")) {
      assertThat(
              lockWaitPs(
                  variant, "kernel.driver-locks.queue=false",
                  "kernel.driver-locks.space=false"))
          .as(variant).isZero();
    }
  }

  @Test
  void shouldHaveNoLockWhenOnlyOneCpuFlushes() {
    Scenario one = Scene.load(Scene.shipped("01")).get(0).scenario();

    assertThat(new DriverLockParts(one).domains()).isEmpty();
    assertThat(new DriverLockParts(Scene.variant(FILE, "vtd-shared")).domains())
        .extracting(PartFamily.Domain::component)
        .containsExactly("iommu0.queue", "iommu1.queue", "amd0.queue", "amd1.queue",
            "app0.domain", "app1.domain");
  }
}
