package dev.shootdown.cli;

/** How an audit is written to standard output. */
enum AuditFormat {
  /** Tables for people. */
  text,
  /** A row for each cell. */
  csv,
  /** An object for each cell, with witnesses. */
  json,
  /** One page. */
  html
}
