package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.PasidRules;
import dev.shootdown.kernel.notifier.PasidRules.Act;
import java.util.EnumMap;
import java.util.Map;

/** The steps that give the address space a PASID, and take it back. */
final class PathPasids {
  private static final Map<Primitive, Act> ACTS = new EnumMap<>(Primitive.class);

  static {
    ACTS.put(Primitive.PASID_BIND, Act.BIND);
    ACTS.put(Primitive.PASID_CLEAR, Act.CLEAR);
    ACTS.put(Primitive.PASID_FLUSH, Act.FLUSH);
    ACTS.put(Primitive.PRQ_DRAIN, Act.DRAIN);
    ACTS.put(Primitive.PASID_FREE, Act.FREE);
  }

  private final PathRun run;

  PathPasids(PathRun run) {
    this.run = run;
  }

  boolean carryOut(PathStep step) {
    Act act = ACTS.get(step.primitive());
    if (act == null) {
      return false;
    }
    PasidRules rules = run.setup().pasids();
    run.run(rules.act(act, run.operation, run.mm()));
    return true;
  }
}
