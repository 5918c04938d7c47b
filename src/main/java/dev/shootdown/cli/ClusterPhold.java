package dev.shootdown.cli;

import dev.shootdown.bench.ClusterBench;
import dev.shootdown.bench.Phold;
import dev.shootdown.cluster.Task;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.util.List;

/** PHOLD as something that nodes can share. */
record ClusterPhold(Phold phold, long events, boolean marking, long seed) implements Task {
  static final String KIND = "phold";

  /** Reads {@link #text}. */
  static final Reader READER =
      new Reader() {
        @Override
        public String kind() {
          return KIND;
        }

        @Override
        public Task read(String text, long seed) {
          String[] words = text.split(" ");
          Phold phold = new Phold(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
          return new ClusterPhold(
              phold, Long.parseLong(words[2]), Boolean.parseBoolean(words[3]), seed);
        }
      };

  String text() {
    return phold.components() + " " + phold.eventsEach() + " " + events + " " + marking;
  }

  @Override
  public String hash() {
    return text();
  }

  @Override
  public List<Class<?>> messages() {
    return ClusterBench.messages();
  }

  @Override
  public List<Class<?>> facts() {
    return ClusterBench.facts();
  }

  @Override
  public void run(SystemPool pool, int workers, StopFlag stop) {
    phold.run(pool, events, workers, marking, seed);
  }
}
