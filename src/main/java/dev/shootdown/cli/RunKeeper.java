package dev.shootdown.cli;

import dev.shootdown.checkpoint.CheckpointFile;
import dev.shootdown.checkpoint.CheckpointFolder;
import dev.shootdown.checkpoint.Origin;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.config.Scale;
import dev.shootdown.engine.BadCheckpoint;
import dev.shootdown.report.ResultDirectory;
import dev.shootdown.scenario.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code --checkpoint} and {@code --resume} ask for, and who keeps which run where. */
final class RunKeeper {
  private static final String EVERY = "every ";

  private final Terminal terminal;
  private final Optional<Long> everyPs;
  private final Optional<String> resumed;
  private final Optional<CheckpointFile> from;
  private String program;

  private RunKeeper(
      Terminal terminal, Optional<Long> everyPs, Optional<String> resumed,
      Optional<CheckpointFile> from) {
    this.terminal = terminal;
    this.everyPs = everyPs;
    this.resumed = resumed;
    this.from = from;
  }

  /**
   * What was asked for.
   *
   * @param every as in {@code every 5 ms}, or null
   * @param resume a result directory, a folder of checkpoints or a checkpoint, or null
   * @throws CliProblem if that is no time, or there is no checkpoint
   */
  static RunKeeper of(Terminal terminal, String every, String resume) {
    Optional<Long> everyPs = Optional.ofNullable(every).map(RunKeeper::timePs);
    if (resume == null) {
      return new RunKeeper(terminal, everyPs, Optional.empty(), Optional.empty());
    }
    try {
      Path file = CheckpointFolder.find(terminal.file(resume), resume);
      String shown = terminal.shown(file);
      return new RunKeeper(
          terminal, everyPs, Optional.of(shown),
          Optional.of(CheckpointFile.read(file, shown)));
    } catch (BadCheckpoint refused) {
      throw CliProblem.usage("--resume: " + refused.getMessage());
    }
  }

  private static long timePs(String text) {
    String time = text.strip();
    try {
      long timePs =
          Scale.TIME.parse(time.startsWith(EVERY) ? time.substring(EVERY.length()) : time);
      if (timePs >= 1) {
        return timePs;
      }
    } catch (IllegalArgumentException wrong) {
      throw CliProblem.usage("--checkpoint: " + wrong.getMessage());
    }
    throw CliProblem.usage("--checkpoint: '" + text + "' leaves no time between checkpoints");
  }

  /** The scenario that is gone on with, where none is given. */
  Optional<String> scenario() {
    return from.map(CheckpointFile::origin).map(
        of -> of.variant().isEmpty() ? of.scenario() : of.scenario() + ":" + of.variant());
  }

  /** {@code given} behind those settings that the run had before. */
  List<String> settings(List<String> given) {
    List<String> all = new ArrayList<>();
    from.ifPresent(file -> all.addAll(file.origin().settings()));
    all.addAll(given);
    return all;
  }

  /** Where results go if nobody says: beside those that are gone on from. */
  Optional<Path> parent(String resume) {
    return from.map(
        file -> {
          Path named = terminal.file(resume).toAbsolutePath().normalize();
          for (Path p = named; p != null && p.getFileName() != null; p = p.getParent()) {
            boolean inside = p.getFileName().toString().endsWith(".ckpt")
                || p.getFileName().toString().equals(CheckpointFolder.NAME);
            if (!inside) {
              return p.getParent();
            }
          }
          return named;
        });
  }

  /**
   * Those of {@code variants} that are to be run: all, or the one that is gone on with.
   *
   * @throws CliProblem if the checkpoint is another run's; the message names what differs
   */
  List<Variant> chosen(List<Variant> variants) {
    if (from.isEmpty()) {
      return variants;
    }
    Origin of = from.get().origin();
    String is = "--resume: " + resumed.get() + " is of ";
    if (!of.program().equals(program())) {
      throw CliProblem.usage(is + "shootdown " + of.program() + "; this is " + program());
    }
    Variant variant =
        variants.stream().filter(each -> each.name().equals(of.variant())).findFirst()
            .orElseThrow(
                () -> CliProblem.usage(is + "variant '" + of.variant() + "', which isn't here"));
    if (!variant.hash8().equals(of.configuration())) {
      throw CliProblem.usage(
          is + "configuration " + of.configuration() + "; what was asked for is configuration "
              + variant.hash8());
    }
    if (variant.scenario().run().seed() != of.seed()) {
      throw CliProblem.usage(
          is + "seed " + of.seed() + "; what was asked for is seed "
              + variant.scenario().run().seed());
    }
    return List.of(variant);
  }

  /** The checkpoints of one run; empty if none were asked for. */
  Optional<RunCheckpoints> of(Variant variant, RunRequest request, String label) {
    if (everyPs.isEmpty() && from.isEmpty()) {
      return Optional.empty();
    }
    long seed = variant.scenario().run().seed();
    long every = everyPs.orElseGet(() -> from.get().origin().everyPs());
    Origin origin =
        new Origin(
            program(), terminal.shown(request.scenario().file()), variant.name(),
            request.settings(), variant.hash8(), seed, every);
    Path partial =
        ResultDirectory.of(request.results().parent(), variant.id(seed) + ".partial");
    return Optional.of(
        new RunCheckpoints(
            origin, from.map(CheckpointFile::snapshot), partial,
            line -> terminal.err().println("shootdown: " + label + ": " + line)));
  }

  private String program() {
    if (program == null) {
      program = CodeIdentity.own(Build.version()).toString();
    }
    return program;
  }
}
