package dev.shootdown.cli;

/** How a sweep is told; the names are what the command line takes. */
enum SweepFormat {
  /** For people. */
  text,
  /** For programs. */
  json,
  /** For tables. */
  csv
}
