package dev.shootdown.kernel.arch;

import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.FlushHandlerContract;
import org.junit.jupiter.api.Nested;

class FlushHandlerContractTest {
  private static FlushHandler of(Arch arch) {
    Place place = new Place(
        0, 4, new KernelMap(2, 0), Era.C, job -> Sequence.nothing());
    return ArchRules.of(arch, ArchSpec.of(arch), place).handler();
  }

  @Nested
  class OnX86 extends FlushHandlerContract {
    @Override
    protected FlushHandler handler() {
      return of(Arch.X86);
    }
  }

  @Nested
  class OnArm64 extends FlushHandlerContract {
    @Override
    protected FlushHandler handler() {
      return of(Arch.ARM64);
    }
  }

  @Nested
  class OnRiscv extends FlushHandlerContract {
    @Override
    protected FlushHandler handler() {
      return of(Arch.RISCV);
    }
  }

  @Nested
  class OnPower extends FlushHandlerContract {
    @Override
    protected FlushHandler handler() {
      return of(Arch.POWER);
    }
  }
}
