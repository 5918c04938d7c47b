package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes vCPUs forget, in rounds.
 *
 * <ol>
 *   <li>x86: the request of each vCPU is set, one after the other. Those that are not outside the
 *       guest are kicked, and the round is over when they have taken it.
 *   <li>arm64: a broadcast, and a wait until all have obeyed (TLBI by VMID and DSB).
 * </ol>
 */
final class RemoteFlush {
  private static final class Round implements Job {
    private final RemoteFlush owner;
    private final long number;
    private final Vcpu.Asked asked;
    private final Job then;
    private int awaited;

    private Round(RemoteFlush owner, Vcpu.Asked asked, Job then) {
      this.owner = owner;
      this.number = asked.round();
      this.asked = asked;
      this.then = then;
    }

    /** The requests are written. */
    @Override
    public void goOn() {
      owner.send(this);
    }
  }

  private final KvmSpec spec;
  private final Ctx<?> ctx;
  private final Threads threads;
  private final Ports<Vcpu.ToVcpu> lines;
  private final Ports<Vcpu.ToVcpu> interrupts;
  private final Ports<Vcpu.ToVcpu> broadcasts;
  private final Map<Long, Round> rounds = new TreeMap<>();
  private long numbers;

  RemoteFlush(KvmSpec spec, Ctx<?> ctx, Threads threads) {
    this.spec = spec;
    this.ctx = ctx;
    this.threads = threads;
    this.lines = ctx.ports("vcpus", Vcpu.ToVcpu.class);
    this.interrupts = ctx.ports("kicks", Vcpu.ToVcpu.class);
    this.broadcasts = ctx.ports("broadcast", Vcpu.ToVcpu.class);
  }

  /** Makes all vCPUs forget {@code gfns}, on behalf of {@code operation}. */
  void flush(List<PageRange> gfns, long operation, Job then) {
    if (spec.flush() == KvmSpec.Flush.INVEPT) {
      request(true, false, operation, then);
      return;
    }
    Round round = new Round(this, new Vcpu.Asked(numbers++, true, false, operation), then);
    rounds.put(round.number, round);
    round.awaited = gfns.size() * broadcasts.size() + 1;
    for (PageRange range : gfns) {
      for (int vcpu = 0; vcpu < broadcasts.size(); vcpu++) {
        ctx.send(broadcasts.at(vcpu), new Vcpu.Forget(round.number, range));
      }
    }
    answered(round.number);
  }

  /** Sets requests of all vCPUs. */
  void request(boolean flush, boolean reloadApic, long operation, Job then) {
    Round round =
        new Round(this, new Vcpu.Asked(numbers++, flush, reloadApic, operation), then);
    threads.after(spec.costs().requestPs() * lines.size(), round);
  }

  private void send(Round round) {
    rounds.put(round.number, round);
    round.awaited = lines.size() + 1;
    for (int vcpu = 0; vcpu < lines.size(); vcpu++) {
      ctx.send(lines.at(vcpu), round.asked);
    }
    answered(round.number);
  }

  /** KVM_REQUEST_WAIT: whoever is not outside gets an interrupt. */
  void noted(Vcpu.Noted noted) {
    Round round = rounds.get(noted.round());
    if (round == null || noted.vcpu() < 0 || noted.vcpu() >= lines.size()) {
      breach(noted.round());
      return;
    }
    if (noted.mode() != Vcpu.Mode.OUTSIDE) {
      round.awaited++;
      ctx.mark(new MachineFact.InterruptSent(round.asked.operation(), noted.vcpu()));
      ctx.send(
          interrupts.at(noted.vcpu()),
          new Vcpu.Kick(noted.round(), round.asked.operation()));
    }
    answered(noted.round());
  }

  private void breach(long round) {
    ctx.mark(
        new MachineFact.ProtocolBreach("a vCPU answers a round that is under way, not " + round));
  }

  /** One of those that are waited for has answered. */
  void answered(long number) {
    Round round = rounds.get(number);
    if (round == null) {
      breach(number);
      return;
    }
    if (--round.awaited == 0) {
      rounds.remove(number);
      round.then.goOn();
    }
  }
}
