package dev.shootdown.kernel.mm;

import static dev.shootdown.kernel.mm.TableRig.MM;
import static dev.shootdown.kernel.mm.TableRig.STEP_PS;
import static dev.shootdown.kernel.mm.TableRig.keeping;
import static dev.shootdown.kernel.mm.TableRig.move;
import static dev.shootdown.kernel.mm.TableRig.plain;
import static dev.shootdown.kernel.mm.TableRig.set;
import static dev.shootdown.kernel.mm.TableRig.table;
import static dev.shootdown.kernel.mm.TableRig.visit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract.Answer;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTableTest {
  private static List<MachineFact.PtesChanged> changes(DomainRig<?> table) {
    return table.part.marks(MachineFact.PtesChanged.class);
  }

  private static MachineFact.PtesChanged changed(
      Change change, List<Long> pages, List<Long> pfns) {
    return new MachineFact.PtesChanged(MM, change, pages, pfns, STEP_PS, STEP_PS);
  }

  @Test
  void shouldStateTheOldFramesWhenEntriesAreCleared() {
    DomainRig<PageTable.Command> table = table();

    assertThat(plain(table.ask(visit(Visit.CLEAR, 12, 9))))
        .isEqualTo(new KernelCall.Visited(List.of(12L, 13L), List.of(112L, 113L)));
    assertThat(changes(table))
        .containsExactly(changed(Change.CLEARED, List.of(12L, 13L), List.of(112L, 113L)));
    assertThat(table.nowPs()).as("a step per present entry").isEqualTo(2 * STEP_PS);
  }

  @Test
  void shouldStateNothingWhenNoEntryIsPresent() {
    DomainRig<PageTable.Command> table = table();

    assertThat(plain(table.ask(visit(Visit.CLEAR, 50, 9))))
        .isEqualTo(new KernelCall.Visited(List.of(), List.of()));
    assertThat(changes(table)).isEmpty();
    assertThat(table.nowPs()).isZero();
  }

  @Test
  void shouldStoreOnlyWhereNothingIsWhenEntriesAreSet() {
    DomainRig<PageTable.Command> table = table();

    assertThat(plain(table.ask(set(13, 5L, 6L))))
        .isEqualTo(new KernelCall.Visited(List.of(14L), List.of(6L)));
    assertThat(changes(table)).containsExactly(changed(Change.SET, List.of(14L), List.of(6L)));
  }

  @Test
  void shouldChangeOnlyWhatDiffersWhenRightsAreTakenAndGiven() {
    DomainRig<PageTable.Command> table = table();
    table.ask(visit(Visit.PROTECT, 10, 2));

    assertThat(plain(table.ask(visit(Visit.PROTECT, 10, 3))))
        .isEqualTo(new KernelCall.Visited(List.of(12L), List.of(112L)));
    assertThat(plain(table.ask(visit(Visit.UPGRADE, 11, 9))))
        .isEqualTo(new KernelCall.Visited(List.of(11L, 12L), List.of(111L, 112L)));
    assertThat(changes(table)).extracting(MachineFact.PtesChanged::change)
        .containsExactly(Change.PROTECTED, Change.PROTECTED, Change.UPGRADED);
  }

  @Test
  void shouldStateBothEndsWhenEntriesMove() {
    DomainRig<PageTable.Command> table = table();

    assertThat(plain(table.ask(move(12, 1000, 4))))
        .isEqualTo(new KernelCall.Visited(List.of(12L, 13L), List.of(112L, 113L)));
    assertThat(changes(table)).containsExactly(
        changed(Change.MOVED_AWAY, List.of(12L, 13L), List.of(112L, 113L)),
        changed(Change.SET, List.of(1000L, 1001L), List.of(112L, 113L)));
    assertThat(plain(table.ask(visit(Visit.CLEAR, 1000, 4))))
        .isEqualTo(new KernelCall.Visited(List.of(1000L, 1001L), List.of(112L, 113L)));
  }

  @Test
  void shouldServeOneRunAfterTheOtherWhenTheyMeet() {
    DomainRig<PageTable.Command> table = table();
    table.call(2, visit(Visit.PROTECT, 10, 4));
    table.call(0, visit(Visit.CLEAR, 10, 1));
    table.call(3, visit(Visit.CLEAR, 10, 4));
    table.part.settle();

    List<Answer> answers = table.takeAnswers();
    assertThat(answers).extracting(Answer::cpu).containsExactly(2, 0, 3);
    assertThat(answers).extracting(answer -> answer.reply().grantedPs())
        .containsExactly(0L, 4 * STEP_PS, 5 * STEP_PS);
    assertThat(plain(answers.get(2).reply().result()))
        .as("what the run before it left").isEqualTo(
            new KernelCall.Visited(List.of(11L, 12L, 13L), List.of(111L, 112L, 113L)));
    assertThat(table.part.marks(MachineFact.LockTaken.class)).hasSize(3);
    assertThat(table.part.marks(MachineFact.LockDropped.class)).hasSize(3);
  }

  @Test
  void shouldHoldTheLockWhenThePathFlushesUnderIt() {
    DomainRig<PageTable.Command> table = table();
    table.call(0, keeping(visit(Visit.CLEAR, 10, 1)));
    table.call(1, visit(Visit.CLEAR, 11, 1));
    table.part.runUntil(1_000);
    assertThat(table.takeAnswers()).extracting(Answer::cpu).containsExactly(0);
    assertThat(table.part.marks(MachineFact.LockDropped.class)).isEmpty();

    table.post(new KernelCall.TableUnlock());
    table.part.settle();
    assertThat(table.takeAnswers()).hasSize(1).first()
        .matches(answer -> answer.cpu() == 1 && answer.reply().grantedPs() == 1_000);
  }

  @Test
  void shouldStateABreachWhenTheLockIsGivenBackTwice() {
    DomainRig<PageTable.Command> table = table();
    table.ask(visit(Visit.CLEAR, 10, 1));

    table.post(new KernelCall.TableUnlock());

    assertThat(table.part.marks(MachineFact.ProtocolBreach.class))
        .extracting(MachineFact.ProtocolBreach::rule).singleElement().asString()
        .contains("operation 9").contains("not locked");
  }
}
