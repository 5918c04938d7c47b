package dev.shootdown.interconnect;

import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;

/** How many bytes a message carries beside the wire's overhead. */
final class Payload {
  /** One page-table entry, one entry of a translation completion, one invalidation body. */
  private static final long ENTRY_BYTES = 8;

  /** A scalable-mode descriptor (VT-d 6.5.2; Linux {@code qi_shift}). */
  private static final long DESCRIPTOR_BYTES = 32;

  private Payload() {}

  /**
   * The payload of {@code message} in bytes; 0 for one that is all header. The data of a DMA read
   * travels with the answer, if the answer says how much it is.
   */
  static long bytes(Object message) {
    if (message instanceof Dma.Transfer transfer) {
      return transfer.write() ? transfer.sizeBytes() : 0;
    }
    if (message instanceof Dma.Transferred transferred) {
      return transferred.sizeBytes();
    }
    if (message instanceof Ats.UntranslatedDma dma) {
      return dma.write() ? dma.sizeBytes() : 0;
    }
    if (message instanceof Ats.UntranslatedDone done) {
      return done.sizeBytes();
    }
    if (message instanceof DeviceFaults.Raised) {
      return DESCRIPTOR_BYTES;
    }
    if (message instanceof Invalidation.Submit submit) {
      return DESCRIPTOR_BYTES * (submit.descriptors().size() + 1);
    }
    boolean entry = message instanceof Ats.TranslationCompletion
        || message instanceof Ats.InvalidateRequest || message instanceof PageWalk.Entry;
    return entry ? ENTRY_BYTES : 0;
  }
}
