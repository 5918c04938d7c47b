package dev.shootdown.validate;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.ScenarioRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Workbenches for tests. */
final class Benches {
  private static final double PS_PER_US = 1e6;
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

  /** A shootdown of one page that cores 0 to {@code last} use, in us. */
  static double shootdownUs(Workbench bench, String machine, int last) {
    List<String> cpus = new ArrayList<>();
    cpus.add(Work.cpu(0, List.of("touch a0 write", "spin-until 100us", "munmap a0")));
    for (int i = 1; i <= last; i++) {
      cpus.add(Work.cpu(i, List.of("touch a0 read", "spin-until 300us")));
    }
    return bench
            .run(
                machine,
                List.of(Work.process("", List.of(Work.area(0, 1, ""))), Work.workload(cpus)))
            .flushesPs()
            .get(0)
        / PS_PER_US;
  }

  static Workbench of(SystemPool pool, List<String> settings, StopFlag stop) {
    return new Workbench(pool, Path.of("scenarios/machines"), settings, stop, NOBODY);
  }
}
