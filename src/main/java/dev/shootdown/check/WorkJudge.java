package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sees that CPUs come to the end of their work. Behind its last line a CPU is idle, and keeps its
 * address space lazily; one that has it in earnest when nothing is left to happen waits for ever:
 * for a gate or barrier, or for an answer that was lost.
 */
final class WorkJudge {
  /** What a CPU was seen to do last. */
  private static final class Worker {
    private int mm = -1;
    private boolean idle;
    private long sincePs;
    private String last = "";
    private long lastPs;
    private long began = -1;
    private String kind = "";
  }

  private final Map<String, Worker> workers = new LinkedHashMap<>();

  /** A judge of the CPUs of these names. */
  WorkJudge(Docket docket, Collection<String> names) {
    names.forEach(name -> workers.put(name, new Worker()));
    if (names.isEmpty()) {
      return;
    }
    docket.hear(MachineFact.ContextTaken.class, this::onTaken);
    docket.hear(
        MachineFact.OperationBegan.class,
        (atPs, by, fact) -> {
          Worker worker = workers.get(by.name);
          if (worker != null) {
            worker.began = fact.operation();
            worker.kind = fact.kind();
          }
        });
    docket.hear(
        MachineFact.OperationEnded.class,
        (atPs, by, fact) -> {
          Worker worker = workers.get(by.name);
          if (worker != null && worker.began == fact.operation()) {
            worker.last = worker.kind + " ends";
            worker.lastPs = atPs;
          }
        });
  }

  private void onTaken(long atPs, Agent by, MachineFact.ContextTaken taken) {
    Worker worker = workers.get(by.name);
    if (worker != null) {
      worker.idle = taken.lazy() || taken.mm() < 0;
      worker.mm = taken.mm();
      worker.sincePs = atPs;
    }
  }

  /**
   * The CPUs that wait for ever; asked when nothing is left to happen.
   *
   * @param hanging CPUs that are known to hang, within an operation
   */
  List<Finding> waiting(Collection<String> hanging) {
    List<Finding> findings = new ArrayList<>();
    workers.forEach(
        (name, worker) -> {
          if (!worker.idle && !hanging.contains(name)) {
            findings.add(finding(name, worker));
          }
        });
    return findings;
  }

  private static Finding finding(String name, Worker worker) {
    Standstill.Work wanted =
        new Standstill.Work(name, worker.mm, Math.max(worker.sincePs, worker.lastPs));
    List<Standstill.Step> seen =
        worker.last.isEmpty()
            ? List.of() : List.of(new Standstill.Step(worker.lastPs, name, worker.last));
    Standstill standstill =
        new Standstill(Standstill.Shown.NOTHING_LEFT, wanted, 0, 0, 0, seen);
    return new Finding(
        Verdict.NO_PROGRESS, wanted.sincePs(), name, standstill.summary(), Optional.empty(),
        Optional.of(standstill));
  }
}
