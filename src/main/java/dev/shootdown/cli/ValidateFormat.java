package dev.shootdown.cli;

/** How a validation is told; the names are what the command line takes. */
enum ValidateFormat {
  /** For people. */
  text,
  /** For tables. */
  csv,
  /** For programs. */
  json,
  /** A page with the curves drawn. */
  html
}
