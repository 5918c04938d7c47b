package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * A GPU and the driver that mirrors a process's pages for it (Linux 6.12,
 * Documentation/mm/hmm.rst).
 *
 * <ol>
 *   <li>The GPU asks for a page that its TLB doesn't have. The driver answers from the GPU's page
 *       table, or lets the GPU wait until it has brought the page there.
 *   <li>The driver tells the GPU to forget a range, one at a time. The answer comes when nothing on
 *       the GPU uses the range any more; what is asked for after it finds what the driver has then.
 *   <li>Each direction keeps its order.
 * </ol>
 */
public sealed interface Mirror {
  /** Said by a GPU. */
  sealed interface ToDriver extends Mirror {
    /** Calls the handler of this message. */
    void deliverTo(DriverSide side);
  }

  /** Said by the driver. */
  sealed interface ToGpu extends Mirror {
    /** Calls the handler of this message. */
    void deliverTo(GpuSide side);
  }

  /**
   * Job {@code job} wants a page; at most one at a time.
   *
   * @param page page number in the process
   */
  record Want(int job, long page, boolean write) implements ToDriver {
    @Override
    public void deliverTo(DriverSide side) {
      side.on(this);
    }
  }

  /** What the last {@link Forget} named is neither held nor used here any more. */
  record Forgotten() implements ToDriver {
    @Override
    public void deliverTo(DriverSide side) {
      side.on(this);
    }
  }

  /**
   * What job {@code job} asked for.
   *
   * @param pfn frame number, ≥ 0
   * @param readAtPs when the process's page table said so, in ps
   */
  record Mapped(int job, long page, long pfn, boolean writable, long readAtPs)
      implements ToGpu {
    @Override
    public void deliverTo(GpuSide side) {
      side.on(this);
    }
  }

  /** The driver gave up: job {@code job} doesn't get its page. */
  record Failed(int job) implements ToGpu {
    @Override
    public void deliverTo(GpuSide side) {
      side.on(this);
    }
  }

  /** Forget the pages of {@code range}; answered by {@link Forgotten}. */
  record Forget(PageRange range) implements ToGpu {
    @Override
    public void deliverTo(GpuSide side) {
      side.on(this);
    }
  }

  /** What a driver listens to. */
  interface DriverSide {
    /** A job wants a page. */
    void on(Want want);

    /** The GPU has forgotten. */
    void on(Forgotten forgotten);
  }

  /** What a GPU listens to. */
  interface GpuSide {
    /** A job gets its page. */
    void on(Mapped mapped);

    /** It doesn't. */
    void on(Failed failed);

    /** A range is to be forgotten. */
    void on(Forget forget);
  }
}
