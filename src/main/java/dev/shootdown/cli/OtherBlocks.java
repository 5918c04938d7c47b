package dev.shootdown.cli;

import dev.shootdown.museum.Exhibit;
import dev.shootdown.museum.Museum;
import dev.shootdown.sweep.SweepPlan;
import dev.shootdown.sweep.SweepSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a scenario says for other verbs than {@code run}, which takes no notice of it. */
final class OtherBlocks {
  private OtherBlocks() {}

  /**
   * Checks the blocks {@code sweep} and {@code museum} of {@code file}, and tells of what they
   * describe. Settings of the command line are left out: they are for a run, and may contradict
   * axes.
   *
   * @throws dev.shootdown.config.ConfigProblems with every problem of the first wrong block
   */
  static void check(Terminal terminal, Path file) {
    int points =
        SweepPlan.check(
            new SweepSource(
                file, Optional.empty(), terminal.siteFile(), List.of(), List.of(),
                terminal.cwd()));
    if (points > 1) {
      terminal.out().println(terminal.shown(file) + ": a sweep of " + points + " points");
    }
    Museum museum =
        Museum.of(List.of(file), new Exhibit.Hall(terminal.siteFile(), terminal.cwd()));
    museum.exhibits().forEach(
        each ->
            terminal.out().println(
                terminal.shown(file) + ": exhibit " + each.number() + " of the museum"));
  }
}
