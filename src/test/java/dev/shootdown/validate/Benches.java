package dev.shootdown.validate;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.ScenarioRun;
import java.nio.file.Path;
import java.util.List;

/** Workbenches for tests. */
final class Benches {
  private static final Workbench.Watch NOBODY =
      new Workbench.Watch() {
        @Override
        public void began(ScenarioRun run, long untilPs) {}

        @Override
        public void ended() {}
      };

  private Benches() {}

  static Workbench of(SystemPool pool, List<String> settings) {
    return of(pool, settings, new StopFlag());
  }

  static Workbench of(SystemPool pool, List<String> settings, StopFlag stop) {
    return new Workbench(pool, Path.of("scenarios/machines"), settings, stop, NOBODY);
  }
}
