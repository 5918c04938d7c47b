package dev.shootdown.cli;

/** How a report is written; the names are what the command line takes. */
enum ReportFormat {
  /** A page, into the directory. */
  html,
  /** Tables for a forge or a wiki. */
  markdown,
  /** Tables for a terminal or a mail. */
  text,
  /** One row per cell. */
  csv,
  /** For programs. */
  json
}
