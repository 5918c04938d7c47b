package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who does what at the moment: lets a fact of shared kernel state be told as a CPU's doing. */
final class OperationsSeen {
  private static final int KEPT = 4096;

  /** An operation on a CPU. */
  record Operation(String cpu, MachineFact.OperationBegan began) {}

  private final Map<String, Operation> open = new LinkedHashMap<>();
  private final PlaceMap<Operation> recent = new PlaceMap<>();

  void began(String cpu, MachineFact.OperationBegan began) {
    Operation operation = new Operation(cpu, began);
    open.put(cpu, operation);
    recent.remove(began.operation());
    recent.put(began.operation(), operation);
    if (recent.size() > KEPT) {
      recent.removeFirst();
    }
  }

  void ended(String cpu) {
    open.remove(cpu);
  }

  /** The CPU of {@code operation}, or {@code otherwise} if that is not known. */
  String cpuOf(long operation, String otherwise) {
    Operation known = recent.get(operation);
    return known == null ? otherwise : known.cpu();
  }

  /** The kind of {@code operation}, empty if that is not known. */
  String kindOf(long operation) {
    Operation known = recent.get(operation);
    return known == null ? "" : known.began().kind();
  }

  /** The CPU with the only open operation on that page, or {@code otherwise}. */
  String onlyCpuAt(int mm, long page, String otherwise) {
    String only = null;
    for (Operation operation : open.values()) {
      if (operation.began().mm() == mm && operation.began().range().contains(page)) {
        if (only != null) {
          return otherwise;
        }
        only = operation.cpu();
      }
    }
    return only == null ? otherwise : only;
  }

  /** The operation under way on that CPU, or −1. */
  long onlyOf(String cpu) {
    Operation known = open.get(cpu);
    return known == null ? -1 : known.began().operation();
  }
}
