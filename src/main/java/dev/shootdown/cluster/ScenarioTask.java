package dev.shootdown.cluster;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Variant;
import dev.shootdown.trace.MachineFact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A scenario, sent as its effective configuration and read anew by each node. */
public record ScenarioTask(Variant variant, long seed) implements Task {
  /** What such tasks are called. */
  public static final String KIND = "scenario";

  private static final String FILE = "scenario.conf";
  /** Of ASCII characters, somewhat below the transport's limit of a message. */
  private static final int TEXT_MOST = 480 << 10;
  private static final String REHEARSED = "two-socket-ats";

  /** Reads the text of {@link #text}. */
  public static final Reader READER =
      new Reader() {
        @Override
        public String kind() {
          return KIND;
        }

        @Override
        public Task read(String text, long seed) {
          return new ScenarioTask(variant(text), seed);
        }
      };

  /** Reads some machine, so that the first one that matters is read by code that is warm. */
  public static void rehearse() {
    Scenarios.profile(REHEARSED, List.of("processes = [ { name = app } ]"));
  }

  /**
   * What is sent: nothing of this machine's files is in it, nor needed to read it.
   *
   * @throws ClusterProblem if it is more than a node can be sent, as with a large file of accesses
   */
  public String text() {
    String text = ConfigFiles.render(variant.config());
    if (text.length() > TEXT_MOST) {
      throw ClusterProblem.usage(
          "the configuration has " + (text.length() >> 10) + " KiB, its file of accesses included,"
              + " and other nodes can be sent " + (TEXT_MOST >> 10)
              + " KiB; take a part of that file, or run on one node",
          null);
    }
    return text;
  }

  private static Variant variant(String text) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("shootdown-node");
      Path file = Files.writeString(folder.resolve(FILE), text);
      return Scenarios.load(file, Optional.empty(), Optional.empty(), List.of(), folder).get(0);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    if (folder != null && !folder.resolve(FILE).toFile().delete() | !folder.toFile().delete()) {
      folder.toFile().deleteOnExit();
    }
  }

  @Override
  public String hash() {
    return variant.hash8();
  }

  @Override
  public List<Class<?>> messages() {
    return Vocabulary.PROTOCOLS;
  }

  @Override
  public List<Class<?>> facts() {
    return List.of(MachineFact.class);
  }

  @Override
  public void run(SystemPool pool, int workers, StopFlag stop) {
    new ScenarioRun(pool, variant.scenario(), seed, workers, false, stop).run();
  }
}
