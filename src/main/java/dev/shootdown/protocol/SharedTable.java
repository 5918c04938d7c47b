package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * KVM owns a second-stage table that an IOMMU walks as well; the software behind that IOMMU has
 * imported it.
 *
 * <ol>
 *   <li>KVM takes entries away, and at its own flush point tells the importer, which makes IOMMU
 *       and devices forget before KVM goes on.
 *   <li>A device's fault comes to KVM through the importer, without a vCPU. KVM's answer may be to
 *       try again, because an invalidation is under way.
 * </ol>
 *
 * <p>(Proposed, never merged: Y. Zhao, "Sharing KVM TDP to IOMMU", December 2023.)
 */
public sealed interface SharedTable {
  /** Said by KVM. */
  sealed interface ToImporter extends SharedTable {
    /** Calls the handler of this message. */
    void deliverTo(ImporterSide side);
  }

  /** Said by an importer. */
  sealed interface ToKvm extends SharedTable {
    /** Calls the handler of this message. */
    void deliverTo(KvmSide side);
  }

  /**
   * These guest pages are gone from the table; answered by {@link Invalidated}.
   *
   * @param ticket chosen by KVM, returned as it is
   * @param operation on whose behalf, −1 for nobody's
   * @param host the same pages by their numbers in address space {@code mm}
   */
  record Invalidate(long ticket, long operation, PageRange gfns, int mm, PageRange host)
      implements ToImporter {
    @Override
    public void deliverTo(ImporterSide side) {
      side.on(this);
    }
  }

  /** The fault {@code request} was seen to; {@code retry} if nothing was mapped. */
  record FaultAnswered(long request, boolean retry) implements ToImporter {
    @Override
    public void deliverTo(ImporterSide side) {
      side.on(this);
    }
  }

  /** IOMMU and devices have forgotten. */
  record Invalidated(long ticket) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** A device needs a page. */
  record Fault(long request, long gfn, boolean write) implements ToKvm {
    @Override
    public void deliverTo(KvmSide side) {
      side.on(this);
    }
  }

  /** What an importer listens to. */
  interface ImporterSide {
    /** Entries are gone. */
    void on(Invalidate invalidate);

    /** A fault was seen to. */
    void on(FaultAnswered answered);
  }

  /** What KVM listens to. */
  interface KvmSide {
    /** The importer is done. */
    void on(Invalidated invalidated);

    /** A device's fault. */
    void on(Fault fault);
  }
}
