package dev.shootdown.report;

/**
 * Which run this is.
 *
 * @param title one line for a person
 * @param id name of the result directory: scenario, configuration hash, seed
 * @param variant the scenario's variant, empty if it has none
 * @param seed the run seed
 */
public record Identity(String title, String id, String variant, long seed) {
  /** Refuses an id that is no plain file name. */
  public Identity {
    if (id.isEmpty() || id.startsWith(".") || id.indexOf('/') >= 0 || id.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("a run's id is a plain file name, not \"" + id + "\"");
    }
  }
}
