package dev.shootdown.cli;

import dev.shootdown.replay.ReadOptions;
import dev.shootdown.replay.WhatIf;
import java.util.List;
import java.util.Optional;

/**
 * What was asked of {@code replay}.
 *
 * @param trace the file
 * @param machine a profile
 * @param settings overrides of its keys
 */
record ReplayRequest(
    String trace, String machine, List<String> settings, List<WhatIf> whatIfs,
    ReadOptions options, Output output) {

  /** What stdout gets. */
  enum Form {
    /** For a person. */
    TEXT,
    /** Everything. */
    JSON,
    /** The table of operations. */
    CSV,
    /** Both tables as a page. */
    HTML
  }

  /** Where results go: stdout, and a directory or a trace of the causes if one was named. */
  record Output(
      Form form, Optional<String> directory, Optional<String> export, boolean force) {}

  /** The machine as one would ask for it again. */
  String machineText() {
    StringBuilder text = new StringBuilder(machine);
    settings.forEach(setting -> text.append(" -D ").append(setting));
    return text.toString();
  }
}
