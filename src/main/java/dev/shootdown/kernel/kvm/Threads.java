package dev.shootdown.kernel.kvm;

import dev.shootdown.engine.Ctx;
import java.util.Map;
import java.util.TreeMap;

/** Who goes on later. */
final class Threads {
  private final Ctx<KvmMmu.Command> ctx;
  private final Map<Long, Job> sleeping = new TreeMap<>();
  private long numbers;

  Threads(Ctx<KvmMmu.Command> ctx) {
    this.ctx = ctx;
  }

  /** Lets {@code job} go on {@code delayPs} later. */
  void after(long delayPs, Job job) {
    ctx.after(delayPs, new KvmMmu.Due(enter(job)));
  }

  /** A number under which {@code job} can be woken. */
  long enter(Job job) {
    sleeping.put(numbers, job);
    return numbers++;
  }

  /** Its time has come. */
  void wake(long number) {
    sleeping.remove(number).goOn();
  }

  /** Takes it off the list, if it is one of {@code kind}; null if not. */
  <J extends Job> J take(long number, Class<J> kind) {
    Job job = sleeping.get(number);
    if (!kind.isInstance(job)) {
      return null;
    }
    sleeping.remove(number);
    return kind.cast(job);
  }
}
