package dev.shootdown.kernel.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultThreadTest {
  private static final int DOMAIN = 12;
  private static final Program.Outcome DONE = new Program.Done();

  private final List<String> handled = new ArrayList<>();

  private FaultHandlers.Fault handle(int mm, long page, boolean write) {
    handled.add(mm + ":" + page + (write ? " write" : " read"));
    return new FaultHandlers.Fault() {
      @Override
      public FaultHandlers.Answer answer() {
        return write ? FaultHandlers.Answer.REFUSED : FaultHandlers.Answer.SERVED;
      }

      @Override
      public Program.Step next(Program.Outcome last, long nowPs) {
        return new Program.Finish();
      }
    };
  }

  private static Program.Outcome wanted(long request, long page, boolean write) {
    return new Program.Answered(new KernelCall.WantedFault(request, 3, page, write));
  }

  @Test
  void shouldServeOneFaultAfterTheOtherForEverWhenTheyAreTaken() {
    FaultThread thread = new FaultThread(DOMAIN, this::handle);
    for (int request = 0; request < 3; request++) {
      Program.Step take = thread.next(DONE, 0);
      assertThat(take).isInstanceOfSatisfying(
          Program.Ask.class,
          ask -> {
            assertThat(ask.domain()).isEqualTo(DOMAIN);
            assertThat(ask.request()).isEqualTo(new KernelCall.TakeFault());
          });
      boolean write = request == 1;
      Program.Step run = thread.next(wanted(request, 7 + request, write), 0);
      assertThat(run).isInstanceOf(Program.Run.class);

      assertThat(thread.next(DONE, 0)).isEqualTo(
          new Program.Tell(DOMAIN, new KernelCall.FaultServed(request, !write)));
    }

    assertThat(handled).containsExactly("3:7 read", "3:8 write", "3:9 read");
  }
}
