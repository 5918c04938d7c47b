package dev.shootdown.replay;

import java.util.NoSuchElementException;

/** Payloads of migration, huge pages and KSM. */
final class MemoryPayloads {
  private MemoryPayloads() {}

  /**
   * The typed event, or null for one that the product has no use for.
   *
   * @throws NoSuchElementException when the payload lacks what the event needs
   */
  static MemoryEvent event(String name, String payload, Fields fields) {
    return switch (name) {
      case "mm_migrate_pages_start" -> new MemoryEvent.MigrateStart(reason(fields));
      case "mm_migrate_pages" -> new MemoryEvent.Migrated(
          fields.number("nr_succeeded").orElseThrow(), fields.number("nr_failed").orElseThrow(),
          reason(fields));
      case "mm_collapse_huge_page" -> collapse(fields);
      case "ksm_merge_one_page" -> merge(payload, false);
      case "ksm_merge_with_ksm_page" -> merge(payload, true);
      case "ksm_start_scan" -> new MemoryEvent.KsmScan(true, seq(fields));
      case "ksm_stop_scan" -> new MemoryEvent.KsmScan(false, seq(fields));
      default -> null;
    };
  }

  private static String reason(Fields fields) {
    String reason = fields.word("reason");
    if (reason == null) {
      throw new NoSuchElementException("reason");
    }
    return reason;
  }

  private static MemoryEvent collapse(Fields fields) {
    String status = fields.word("status");
    if (status == null) {
      throw new NoSuchElementException("status");
    }
    return new MemoryEvent.Collapse(status.equals("succeeded"), status);
  }

  /** {@code ksm pfn 12 rmap_item .. mm .. error 0}. */
  private static MemoryEvent merge(String payload, boolean intoShared) {
    Fields fields = new Fields(payload);
    return new MemoryEvent.KsmMerge(
        Fields.parse(fields.wordAfter("pfn"), false).orElseThrow(),
        intoShared || payload.startsWith("ksm "),
        Fields.parse(fields.wordAfter("error"), false).orElse(0));
  }

  private static long seq(Fields fields) {
    return Fields.parse(fields.wordAfter("seq"), false).orElseThrow();
  }
}
