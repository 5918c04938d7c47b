package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * A virtual CPU and the KVM that runs it: requests, kicks, and the faults that only software can
 * serve.
 *
 * <ol>
 *   <li>Where the second-stage table has nothing, the vCPU leaves the guest and its thread asks KVM
 *       to map the page. The answer may be: try again. Then it enters, and fails again.
 *   <li>KVM sets a request of a vCPU and looks at its mode. One that may be in the guest is kicked
 *       with an interrupt, and KVM waits until that is taken, not until the request is served: that
 *       happens before the next entry. One outside is not disturbed.
 *   <li>Where hardware broadcasts the flush (arm64: TLBI by VMID), nobody is kicked: the vCPU
 *       forgets in whatever mode it is.
 * </ol>
 *
 * <p>(Linux 6.12, Documentation/virt/kvm/vcpu-requests.rst, virt/kvm/kvm_main.c.)
 */
public sealed interface Vcpu {
  /** Said by a vCPU. */
  sealed interface ToKvm extends Vcpu {
    /** Calls the handler of this message. */
    void deliverTo(KvmSide side);
  }

  /** Said by KVM. */
  sealed interface ToVcpu extends Vcpu {
    /** Calls the handler of this message. */
    void deliverTo(VcpuSide side);
  }

  /** Where a vCPU is, as its thread tells others (vcpu-requests.rst). */
  enum Mode {
    /** In the host; requests are looked at before the next entry. */
    OUTSIDE,
    /** In the guest, or on the way there behind the point of no return. */
    IN_GUEST,
    /** Told to leave, but not out yet. */
    EXITING,
    /** In the host, reading the second-stage table without a lock, interrupts off. */
    READING
  }

  /**
   * Guest memory: guest page {@code firstGfn} + i is page i of {@code host} in the address space of
   * the process that runs the guest.
   */
  record Slot(long firstGfn, PageRange host) {
    /** The guest pages. */
    public PageRange guest() {
      return new PageRange(firstGfn, host.pages());
    }

    /** The host's page for {@code gfn}, one of {@link #guest}. */
    public long hostPage(long gfn) {
      return host.firstPage() + gfn - firstGfn;
    }

    /** The guest pages that stand in {@code hostPages}; empty if they don't meet. */
    public PageRange guestOf(PageRange hostPages) {
      return moved(host, hostPages, firstGfn);
    }

    /** The host's pages behind {@code guestPages}; empty if they don't meet. */
    public PageRange hostOf(PageRange guestPages) {
      return moved(guest(), guestPages, host.firstPage());
    }

    private static PageRange moved(PageRange own, PageRange wanted, long to) {
      long first = Math.max(own.firstPage(), wanted.firstPage());
      long end = Math.min(own.endPage(), wanted.endPage());
      return first < end
          ? new PageRange(first - own.firstPage() + to, end - first) : new PageRange(0, 0);
    }
  }

  /** The guest touched {@code gfn} in vain (EPT violation); answered by {@link FaultAnswered}. */
  record Fault(int vcpu, long request, long gfn, boolean write) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** Where is the APIC page? Answered by {@link ApicAddress} or {@link ApicGone}. */
  record ReloadApic(int vcpu) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** Write guest memory through gfn_to_pfn cache {@code cache}; answered by {@link Written}. */
  record WriteCache(int vcpu, int cache) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** The requests of {@code round} are set; the vCPU was in {@code mode} then. */
  record Noted(int vcpu, long round, Mode mode) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** The kick of {@code round} was taken: the vCPU is not in the guest. */
  record Taken(int vcpu, long round) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** What the broadcast of {@code round} named is forgotten. */
  record Forgotten(int vcpu, long round) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /**
   * Requests for before the next entry; answered at once by {@link Noted}.
   *
   * @param flush forget all second-stage translations (KVM_REQ_TLB_FLUSH)
   * @param reloadApic ask anew where the APIC page is (KVM_REQ_APIC_PAGE_RELOAD)
   * @param operation whom the time that it takes is stolen for; −1 for nobody
   */
  record Asked(long round, boolean flush, boolean reloadApic, long operation)
      implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** An interrupt: leave the guest; answered by {@link Taken}. */
  record Kick(long round, long operation) implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** A broadcast invalidation of guest pages; answered by {@link Forgotten}. */
  record Forget(long round, PageRange gfns) implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** The fault {@code request} was seen to; {@code retry} if nothing was mapped (RET_PF_RETRY). */
  record FaultAnswered(long request, boolean retry) implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** The host has no page for the fault {@code request}: KVM_RUN returns -EFAULT. */
  record FaultRefused(long request) implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /**
   * Where the APIC page is.
   *
   * @param pfn frame number, −1 if that can't be said while an invalidation is under way
   * @param readAtPs when the page-table entry behind it was read, in ps
   */
  record ApicAddress(long pfn, long readAtPs) implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** The process has no APIC page any more: the register stays as it is. */
  record ApicGone() implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** The write through a gfn_to_pfn cache was done, or given up if the process has no such page. */
  record Written() implements ToVcpu {
    @Override
    public void deliverTo(VcpuSide side) {
      side.on(this);
    }
  }

  /** What KVM listens to. */
  interface KvmSide {
    /** A guest access failed. */
    void on(Fault fault);

    /** A vCPU needs the APIC page's address. */
    void on(ReloadApic reload);

    /** A vCPU's thread writes guest memory. */
    void on(WriteCache write);

    /** Requests are set. */
    void on(Noted noted);

    /** A kick was taken. */
    void on(Taken taken);

    /** A broadcast took effect. */
    void on(Forgotten forgotten);
  }

  /** What a vCPU listens to. */
  interface VcpuSide {
    /** Requests to be set. */
    void on(Asked asked);

    /** An interrupt. */
    void on(Kick kick);

    /** A broadcast invalidation. */
    void on(Forget forget);

    /** A fault was seen to. */
    void on(FaultAnswered answered);

    /** A fault can't be served. */
    void on(FaultRefused refused);

    /** The APIC page's address. */
    void on(ApicAddress address);

    /** It has none. */
    void on(ApicGone gone);

    /** The write is over. */
    void on(Written written);
  }
}
