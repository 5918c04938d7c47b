package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Vcpu.Asked;
import dev.shootdown.protocol.Vcpu.Fault;
import dev.shootdown.protocol.Vcpu.FaultAnswered;
import dev.shootdown.protocol.Vcpu.FaultRefused;
import dev.shootdown.protocol.Vcpu.Forget;
import dev.shootdown.protocol.Vcpu.Forgotten;
import dev.shootdown.protocol.Vcpu.Kick;
import dev.shootdown.protocol.Vcpu.Mode;
import dev.shootdown.protocol.Vcpu.Noted;
import dev.shootdown.protocol.Vcpu.Taken;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Vcpu.VcpuSide} owes KVM (Documentation/virt/kvm/vcpu-requests.rst). */
public abstract class VcpuVcpuSideContract {
  /** The guest page that is written. */
  protected static final long GFN = 0x100;

  /** A vCPU with number 0; KVM is played by the test, and the second-stage table by the page. */
  public interface Subject {
    void hear(Vcpu.ToVcpu message);

    /** Lets {@code ps} pass; the second-stage table answers. */
    void runFor(long ps);

    /** From now on {@link #GFN} is in {@code pfn}, or nowhere if that is −1. */
    void set(long pfn);

    /** What it said to KVM since the last call. */
    List<Vcpu.ToKvm> takeSaid();

    /** The frames that the guest wrote since the last call. */
    List<Long> takeFrames();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /**
   * A vCPU whose guest writes {@link #GFN}, computes for 10 us and writes it again. The page is
   * nowhere as yet; entering and leaving the guest take less than 1 us each.
   */
  protected abstract Subject subject();

  private static final long US = 1_000_000;

  /** In the guest, between the two writes. */
  private Subject computing() {
    Subject vcpu = subject();
    vcpu.set(70);
    vcpu.runFor(4 * US);
    assertThat(vcpu.takeFrames()).containsExactly(70L);
    assertThat(vcpu.takeSaid()).isEmpty();
    return vcpu;
  }

  private static Fault fault(Subject vcpu) {
    List<Vcpu.ToKvm> said = vcpu.takeSaid();
    assertThat(said).hasSize(1);
    return (Fault) said.get(0);
  }

  @Test
  void shouldLeaveAndAskOnceWhenThePageIsNotMapped() {
    Subject vcpu = subject();
    vcpu.runFor(50 * US);

    Fault fault = fault(vcpu);
    assertThat(fault).matches(asked -> asked.vcpu() == 0 && asked.gfn() == GFN && asked.write());
  }

  @Test
  void shouldTryAgainWhenTheFaultIsSeenTo() {
    for (boolean retry : new boolean[] {true, false}) {
      Subject vcpu = subject();
      vcpu.runFor(50 * US);
      Fault fault = fault(vcpu);
      vcpu.set(70);
      vcpu.hear(new FaultAnswered(fault.request(), retry));
      vcpu.runFor(50 * US);

      assertThat(vcpu.takeFrames()).containsExactly(70L, 70L);
      assertThat(vcpu.takeSaid()).isEmpty();
    }
  }

  @Test
  void shouldRunNoMoreWhenTheFaultIsRefused() {
    Subject vcpu = subject();
    vcpu.runFor(50 * US);
    Fault fault = fault(vcpu);
    vcpu.set(70);
    vcpu.hear(new FaultRefused(fault.request()));
    vcpu.runFor(50 * US);

    assertThat(vcpu.takeFrames()).isEmpty();
    assertThat(vcpu.takeSaid()).isEmpty();
  }

  @Test
  void shouldSayWhereItIsAtOnceWhenItIsAsked() {
    Subject vcpu = computing();
    vcpu.hear(new Asked(9, true, false, -1));

    assertThat(vcpu.takeSaid()).containsExactly(new Noted(0, 9, Mode.IN_GUEST));
  }

  @Test
  void shouldForgetBeforeItEntersAgainWhenItIsAskedAndKicked() {
    Subject vcpu = computing();
    vcpu.set(71);
    vcpu.hear(new Asked(9, true, false, -1));
    vcpu.hear(new Kick(9, -1));
    vcpu.runFor(50 * US);

    assertThat(vcpu.takeSaid()).containsExactly(new Noted(0, 9, Mode.IN_GUEST), new Taken(0, 9));
    assertThat(vcpu.takeFrames()).containsExactly(71L);
  }

  @Test
  void shouldForgetWithoutLeavingWhenABroadcastNamesThePage() {
    Subject vcpu = computing();
    vcpu.set(71);
    vcpu.hear(new Forget(9, PageRange.of(GFN)));
    vcpu.runFor(50 * US);

    assertThat(vcpu.takeSaid()).containsExactly(new Forgotten(0, 9));
    assertThat(vcpu.takeFrames()).containsExactly(71L);
  }

  @Test
  void shouldKeepWhatItHasWhenABroadcastNamesOtherPages() {
    Subject vcpu = computing();
    vcpu.set(71);
    vcpu.hear(new Forget(9, new PageRange(GFN + 1, 100)));
    vcpu.runFor(50 * US);

    assertThat(vcpu.takeFrames()).containsExactly(70L);
  }

  @Test
  void shouldStateABreachWhenItIsAnsweredWhatItDidNotAsk() {
    Subject vcpu = computing();
    vcpu.hear(new FaultAnswered(5, false));
    vcpu.hear(new FaultRefused(5));
    vcpu.hear(new Vcpu.Written());
    vcpu.hear(new Vcpu.ApicGone());
    vcpu.hear(new Vcpu.ApicAddress(3, 0));
    assertThat(vcpu.breaches()).isEqualTo(5);
    vcpu.runFor(50 * US);

    assertThat(vcpu.takeFrames()).as("it goes on all the same").containsExactly(70L);
  }
}
