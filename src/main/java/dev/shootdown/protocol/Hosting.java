package dev.shootdown.protocol;

/**
 * A host gives vCPUs its physical CPUs in turn.
 *
 * <ol>
 *   <li>A vCPU that wants to run says so, once, and doesn't run until it is told to.
 *   <li>One that is told to stop, halts, or spins for too long says that it has left; only then
 *       does the next one run. Of these, one that halts has to ask again.
 *   <li>A vCPU that has left already doesn't answer when it is told to stop.
 * </ol>
 *
 * <p>Source: Linux 6.12, virt/kvm/kvm_main.c ({@code kvm_sched_out}, {@code kvm_vcpu_on_spin}).
 */
public sealed interface Hosting {
  /** Said by a vCPU. */
  sealed interface ToHost extends Hosting {
    /** Calls the handler of this message. */
    void deliverTo(HostSide side);
  }

  /** Said by the host. */
  sealed interface ToCpu extends Hosting {
    /** Calls the handler of this message. */
    void deliverTo(CpuSide side);
  }

  /** vCPU {@code cpu} has something to do, or an interrupt to take. */
  record Ready(int cpu) implements ToHost {
    @Override
    public void deliverTo(HostSide side) {
      side.on(this);
    }
  }

  /** Why a vCPU left its physical CPU. */
  enum Why {
    /** It was told to. */
    STOPPED,
    /** It has nothing to do (HLT). */
    HALTED,
    /** It has waited in a loop for as long as it may (pause-loop exit). */
    SPUN
  }

  /** vCPU {@code cpu} doesn't run any more. */
  record Left(int cpu, Why why) implements ToHost {
    @Override
    public void deliverTo(HostSide side) {
      side.on(this);
    }
  }

  /**
   * Run.
   *
   * @param spinMaxPs how long it may wait in a loop before it leaves, in ps; 0 for ever
   */
  record Run(long spinMaxPs) implements ToCpu {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** Leave. */
  record Stop() implements ToCpu {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** What a host listens to. */
  interface HostSide {
    /** A vCPU wants to run. */
    void on(Ready ready);

    /** A vCPU doesn't run any more. */
    void on(Left left);
  }

  /** What a vCPU listens to. */
  interface CpuSide {
    /** It runs from now on. */
    void on(Run run);

    /** It is to leave. */
    void on(Stop stop);
  }
}
