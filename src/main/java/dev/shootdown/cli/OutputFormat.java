package dev.shootdown.cli;

/** How something is written; the names are what the command line takes. */
enum OutputFormat {
  /** For people. */
  text,
  /** For programs. */
  json
}
