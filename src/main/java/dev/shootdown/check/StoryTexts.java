package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;

/** Words that witnesses share. */
final class StoryTexts {
  private StoryTexts() {}

  static String name(Audience audience) {
    return audience == Audience.CPU ? "CPU-FLUSH" : "SEC-INV";
  }

  /** What has changed: an entry of one of two tables, if the translation is made of two. */
  static String pte(StaleUse stale) {
    return switch (stale.place().stage()) {
      case 1 -> "guest PTE (stage 1)";
      case 2 -> "host PTE (stage 2)";
      default -> "PTE";
    };
  }

  static String verb(Change change) {
    return switch (change) {
      case CLEARED -> "cleared";
      case PROTECTED -> "write-protected";
      case MOVED_AWAY -> "moved away";
      case SET -> "set";
      case UPGRADED -> "upgraded";
      case REPOINTED -> "repointed";
    };
  }
}
