package dev.shootdown.interconnect;

import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import java.util.List;

/**
 * What PCIe's ordering rules tell apart.
 *
 * <p>Nothing passes a posted message that was sent before it. A posted message may pass all others,
 * and those may pass each other: an invalidation can beat a translation completion that left
 * earlier, but no completion can beat an invalidation. (PCIe Base Specification, 2.4.1, without
 * relaxed ordering; requests and completions of one tag are never more than one here.)
 */
public enum PcieClass {
  /** Memory writes and messages: no answer is due. */
  POSTED,
  /** Reads, translation requests among them. */
  NON_POSTED,
  /** Answers to reads. */
  COMPLETION;

  private static final List<String> NEVER_POSTED =
      List.of("TranslationRequest", "TranslationCompletion", "Transferred", "UntranslatedDone");

  /**
   * The class of {@code message}; {@link #POSTED} for all that PCIe has no transaction of its own
   * for, because doorbells and status words are memory writes.
   */
  public static PcieClass of(Object message) {
    if (message instanceof Ats.TranslationRequest) {
      return NON_POSTED;
    }
    if (message instanceof Dma.Transfer transfer) {
      return transfer.write() ? POSTED : NON_POSTED;
    }
    if (message instanceof Ats.UntranslatedDma dma) {
      return dma.write() ? POSTED : NON_POSTED;
    }
    boolean answer = message instanceof Ats.TranslationCompletion
        || message instanceof Dma.Transferred || message instanceof Ats.UntranslatedDone;
    return answer ? COMPLETION : POSTED;
  }

  /** Whether messages of that type, or some of them, are {@link #POSTED}. */
  static boolean isOftenPosted(String message) {
    return !NEVER_POSTED.contains(message);
  }
}
