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
      case "ksm_merge_one_page", "ksm_merge_with_ksm_page" -> merge(payload);
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
    return new MemoryEvent.Collapse(
        fields.hex("mm").orElseThrow(), status.equals("succeeded"), status);
  }

  /** {@code ksm pfn 12 rmap_item .. mm .. error 0}; without {@code ksm} the first of its kind. */
  private static MemoryEvent merge(String payload) {
    Fields fields = new Fields(payload);
    return new MemoryEvent.KsmMerge(
        Fields.parse(fields.wordAfter("pfn"), false).orElseThrow(),
        Fields.parse(fields.wordAfter("mm"), true).orElseThrow(),
        payload.startsWith("ksm "),
        Fields.parse(fields.wordAfter("error"), false).orElse(0));
  }

  private static long seq(Fields fields) {
    return Fields.parse(fields.wordAfter("seq"), false).orElseThrow();
  }
}
