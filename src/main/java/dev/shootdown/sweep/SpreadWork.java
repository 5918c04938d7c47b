package dev.shootdown.sweep;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problems;
import dev.shootdown.scenario.KnownPaths;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does runs for a sweep that goes on elsewhere: nothing but the bytes is needed, no file and no
 * store. Safe to use from several threads.
 */
public final class SpreadWork implements AutoCloseable {
  private static final int BASES_KEPT = 4;

  private final LocalRunner runner = new LocalRunner();
  private final Map<String, Base> bases =
      new LinkedHashMap<>(BASES_KEPT, 1, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Base> eldest) {
          return size() > BASES_KEPT;
        }
      };

  /** A configuration that settings are laid over, and the kernel paths that were read from it. */
  private static final class Base {
    private final ConfigObject config;
    private volatile Optional<KnownPaths> paths = Optional.empty();

    Base(String text) {
      this.config = ConfigFactory.parseString(text).root();
    }

    Optional<Scenario> scenario(List<String> settings) {
      Problems problems = new Problems();
      try {
        ConfigObject whole = ConfigFiles.override(config, settings, problems);
        Optional<KnownPaths> known = paths;
        Scenario scenario = Scenarios.of(whole, known, problems);
        problems.throwIfAny();
        if (known.isEmpty()) {
          paths = Optional.of(KnownPaths.of(whole, scenario));
        }
        return Optional.of(scenario);
      } catch (ConfigProblems wrong) {
        return Optional.empty();
      }
    }
  }

  /** Does what a {@link SpreadSweep} asks for. */
  public byte[] done(byte[] work) {
    PortableRuns runs = PortableRuns.of(work);
    Base base = base(runs.base());
    List<RunResult> results = new ArrayList<>();
    List<RunResult.RunKey> refused = new ArrayList<>();
    List<String> settings = List.of();
    Optional<Scenario> scenario = Optional.empty();
    for (PortableRuns.One run : runs.runs()) {
      if (scenario.isEmpty() || !run.settings().equals(settings)) {
        settings = run.settings();
        scenario = base.scenario(settings);
      }
      if (scenario.isPresent()) {
        results.add(run(scenario.get(), run, runs.window()));
      } else {
        refused.add(run.key());
      }
    }
    return new PortableResults(results, refused).toBytes();
  }

  private Base base(String text) {
    synchronized (bases) {
      return bases.computeIfAbsent(text, Base::new);
    }
  }

  private RunResult run(Scenario scenario, PortableRuns.One run, SweepSpec.Window window) {
    try {
      return Measures.of(run.key(), run.seed(), runner.run(scenario, run.seed()), window);
    } catch (RuntimeException failed) {
      String why = failed.getMessage() == null ? failed.toString() : failed.getMessage();
      return RunResult.failed(run.key(), run.seed(), why);
    }
  }

  @Override
  public void close() {
    runner.close();
  }
}
