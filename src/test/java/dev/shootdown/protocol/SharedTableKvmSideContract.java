package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.SharedTable.Fault;
import dev.shootdown.protocol.SharedTable.FaultAnswered;
import dev.shootdown.protocol.SharedTable.Invalidate;
import dev.shootdown.protocol.SharedTable.Invalidated;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link SharedTable.KvmSide} owes whoever imported its table. */
public abstract class SharedTableKvmSideContract {
  /** The first of eight guest pages. */
  protected static final long GFN = 0x100;

  /** KVM, with importer and host process played by the test. */
  public interface Subject {
    void hear(SharedTable.ToKvm message);

    /** Lets all the time pass that it needs; the host's page table answers. */
    void settle();

    /** The host process is about to take the page behind {@code gfn} away. */
    void invalidate(long gfn);

    /** Whether the host may go on. */
    boolean mayGoOn();

    /** What it said to the importer since the last call. */
    List<SharedTable.ToImporter> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** KVM with nothing mapped, and an importer. */
  protected abstract Subject subject();

  private static List<SharedTable.ToImporter> said(Subject kvm) {
    kvm.settle();
    return kvm.takeSaid();
  }

  @Test
  void shouldAnswerEachFaultOnceWhenThePageIsThere() {
    Subject kvm = subject();
    kvm.hear(new Fault(5, GFN, true));
    kvm.hear(new Fault(6, GFN + 1, false));

    assertThat(said(kvm)).containsExactlyInAnyOrder(
        new FaultAnswered(5, false), new FaultAnswered(6, false));
  }

  @Test
  void shouldWaitForTheImporterWhenItTakesAnEntryAway() {
    Subject kvm = subject();
    kvm.hear(new Fault(5, GFN, true));
    said(kvm);
    kvm.invalidate(GFN);
    List<SharedTable.ToImporter> told = said(kvm);
    assertThat(told).singleElement().isInstanceOf(Invalidate.class);
    Invalidate gone = (Invalidate) told.get(0);
    assertThat(gone.gfns()).isEqualTo(PageRange.of(GFN));
    assertThat(kvm.mayGoOn()).as("before the importer has forgotten").isFalse();

    kvm.hear(new Invalidated(gone.ticket()));
    kvm.settle();
    assertThat(kvm.mayGoOn()).isTrue();
  }

  @Test
  void shouldNotBotherTheImporterWhenNothingIsMapped() {
    Subject kvm = subject();
    kvm.invalidate(GFN);

    assertThat(said(kvm)).isEmpty();
    assertThat(kvm.mayGoOn()).isTrue();
  }

  @Test
  void shouldStateABreachWhenTheImporterAnswersWhatItWasNotAsked() {
    Subject kvm = subject();
    kvm.hear(new Invalidated(77));
    assertThat(kvm.breaches()).isEqualTo(1);
    kvm.hear(new Fault(9, GFN + 1000, false));

    assertThat(said(kvm)).as("no such page").containsExactly(new FaultAnswered(9, false));
    assertThat(kvm.breaches()).isEqualTo(2);
  }
}
