package dev.shootdown.protocol;

import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.function.Function;

/**
 * A part as its callers see it, for a page in {@link KernelCallKernelSideContract}.
 *
 * @param wrap how it is told what comes from a CPU, through its family {@code cpus} of four
 * @param between what others do while time passes; done before and after
 */
public record ContractedDomain<C>(
    PartHarness<C> part, Function<KernelCall.ToKernel, C> wrap, Runnable between)
    implements KernelCallKernelSideContract.Subject {
  private static final int TURNS = 8;

  @Override
  public void hear(KernelCall.ToKernel message) {
    part.tell(wrap.apply(message));
  }

  @Override
  public void runUntil(long untilPs) {
    long stepPs = Math.max(1, (untilPs - part.nowPs()) / TURNS);
    while (part.nowPs() < untilPs) {
      between.run();
      part.runUntil(Math.min(untilPs, part.nowPs() + stepPs));
    }
    between.run();
  }

  @Override
  public long nowPs() {
    return part.nowPs();
  }

  @Override
  public List<KernelCallKernelSideContract.Answer> takeAnswers() {
    return part.takeSent("cpus").stream()
        .map(sent -> new KernelCallKernelSideContract.Answer(
            sent.member(), (KernelCall.Reply) sent.message())).toList();
  }

  @Override
  public List<String> breaches() {
    return part.marks(MachineFact.ProtocolBreach.class).stream()
        .map(MachineFact.ProtocolBreach::rule).toList();
  }
}
