package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;

/** Words that witnesses share. */
final class StoryTexts {
  private StoryTexts() {}

  static String name(Audience audience) {
    return audience == Audience.CPU ? "CPU-FLUSH" : "SEC-INV";
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
