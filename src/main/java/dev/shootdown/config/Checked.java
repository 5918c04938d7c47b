package dev.shootdown.config;

/** A record whose components must fit one another. */
public interface Checked {
  /**
   * Complains about rules across several keys, through {@link Settings#problem}. Called by {@link
   * Settings#bind} once every component by itself was found good.
   *
   * @param at the settings this record was bound from
   */
  void check(Settings at);
}
