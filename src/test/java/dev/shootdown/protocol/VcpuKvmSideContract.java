package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Vcpu.Asked;
import dev.shootdown.protocol.Vcpu.Fault;
import dev.shootdown.protocol.Vcpu.FaultAnswered;
import dev.shootdown.protocol.Vcpu.Kick;
import dev.shootdown.protocol.Vcpu.Mode;
import dev.shootdown.protocol.Vcpu.Noted;
import dev.shootdown.protocol.Vcpu.Taken;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Vcpu.KvmSide} owes its vCPUs (Documentation/virt/kvm/vcpu-requests.rst). */
public abstract class VcpuKvmSideContract {
  /** The first of eight guest pages. */
  protected static final long GFN = 0x100;

  /** Something said to a vCPU. */
  public record Told(int vcpu, Vcpu.ToVcpu message) {}

  /** KVM of the vCPUs 0 and 1; these and the host process are played by the test. */
  public interface Subject {
    void hear(Vcpu.ToKvm message);

    /** Lets all the time pass that it needs; the host's page table answers. */
    void settle();

    /** The host process is about to take the page behind {@code gfn} away. */
    void invalidate(long gfn);

    /** Whether the host may go on. */
    boolean mayGoOn();

    /** What it said since the last call. */
    List<Told> takeTold();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** KVM with nothing mapped. It makes vCPUs forget by requests (x86). */
  protected abstract Subject subject();

  private static List<Told> told(Subject kvm) {
    kvm.settle();
    return kvm.takeTold();
  }

  /** The page is mapped and about to go: the requests that this leads to. */
  private static List<Told> asked(Subject kvm) {
    kvm.hear(new Fault(0, 1, GFN, true));
    told(kvm);
    kvm.invalidate(GFN);
    return told(kvm);
  }

  private static long round(List<Told> told) {
    return ((Asked) told.get(0).message()).round();
  }

  @Test
  void shouldAnswerEachFaultOnceToItsVcpuWhenThePageIsThere() {
    Subject kvm = subject();
    kvm.hear(new Fault(0, 5, GFN, true));
    kvm.hear(new Fault(1, 6, GFN + 1, false));

    assertThat(told(kvm)).containsExactlyInAnyOrder(
        new Told(0, new FaultAnswered(5, false)), new Told(1, new FaultAnswered(6, false)));
  }

  @Test
  void shouldAskAllVcpusToForgetWhenAnEntryGoes() {
    Subject kvm = subject();
    List<Told> told = asked(kvm);

    assertThat(told).extracting(Told::vcpu).containsExactlyInAnyOrder(0, 1);
    assertThat(told).allMatch(said -> said.message() instanceof Asked asked && asked.flush());
    assertThat(kvm.mayGoOn()).isFalse();
  }

  @Test
  void shouldNotDisturbVcpusWhenTheyAreOutside() {
    Subject kvm = subject();
    long round = round(asked(kvm));
    kvm.hear(new Noted(0, round, Mode.OUTSIDE));
    kvm.hear(new Noted(1, round, Mode.OUTSIDE));

    assertThat(told(kvm)).isEmpty();
    assertThat(kvm.mayGoOn()).isTrue();
  }

  @Test
  void shouldKickAndWaitWhenAVcpuMayBeInTheGuest() {
    for (Mode mode : List.of(Mode.IN_GUEST, Mode.EXITING, Mode.READING)) {
      Subject kvm = subject();
      long round = round(asked(kvm));
      kvm.hear(new Noted(0, round, Mode.OUTSIDE));
      kvm.hear(new Noted(1, round, mode));
      assertThat(told(kvm)).as("%s", mode).singleElement()
          .matches(said -> said.vcpu() == 1 && said.message() instanceof Kick kick
              && kick.round() == round);
      assertThat(kvm.mayGoOn()).isFalse();

      kvm.hear(new Taken(1, round));
      kvm.settle();
      assertThat(kvm.mayGoOn()).isTrue();
    }
  }

  @Test
  void shouldStateABreachWhenAVcpuAnswersARoundThatIsNotUnderWay() {
    Subject kvm = subject();
    kvm.hear(new Taken(0, 99));
    kvm.hear(new Noted(1, 98, Mode.IN_GUEST));
    kvm.hear(new Vcpu.Forgotten(0, 97));

    assertThat(told(kvm)).isEmpty();
    assertThat(kvm.breaches()).isEqualTo(3);
  }

  @Test
  void shouldStateABreachWhenAVcpuTouchesWhatIsNoMemoryOrIsNotItsOwn() {
    Subject kvm = subject();
    kvm.hear(new Fault(0, 5, GFN + 1000, true));
    kvm.hear(new Fault(7, 5, GFN, true));
    kvm.hear(new Vcpu.WriteCache(0, 7));
    kvm.hear(new Vcpu.ReloadApic(0));

    assertThat(told(kvm)).as("nothing was mapped")
        .noneMatch(said -> said.message() instanceof FaultAnswered);
    assertThat(kvm.breaches()).isEqualTo(4);
  }
}
