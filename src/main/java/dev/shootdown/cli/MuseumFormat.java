package dev.shootdown.cli;

/** How the museum writes its results. */
enum MuseumFormat {
  text,
  json,
  ktap
}
