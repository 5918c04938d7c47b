package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MailTest {
  private static final long RUN = 3;
  private static final String PEER = "127.0.0.1:1";

  private final Mail mail = new Mail();
  private final List<Again> asked = new ArrayList<>();

  @BeforeEach
  void begin() {
    mail.begin(RUN, asked::add);
  }

  private static Frame piece(long run, long round, int piece, int pieces, int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return new Frame(run, round, 1, piece, pieces, all);
  }

  private Mail.Arrival arrival(long round) {
    return mail.frame(RUN, round, 1, PEER, 0);
  }

  @Test
  void shouldJoinPiecesWhenTheyComeInAnyOrderAndTwice() {
    mail.put(piece(RUN, 0, 2, 3, 5));
    mail.put(piece(RUN, 0, 0, 3, 1, 2));
    mail.put(piece(RUN, 0, 0, 3, 9, 9));
    assertThat(arrival(0).trouble()).contains("");
    mail.put(piece(RUN, 0, 1, 3, 3, 4));

    assertThat(arrival(0).frame()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void shouldKeepARoundThatIsEarlyButNotOneThatIsOver() {
    mail.put(piece(RUN, 1, 0, 1, 7));
    mail.put(piece(RUN, 0, 0, 1, 6));
    assertThat(arrival(0).frame()).containsExactly(6);
    mail.end(RUN, 0);
    mail.put(piece(RUN, 0, 0, 1, 6));

    assertThat(arrival(0).frame()).as("was sent twice").isNull();
    assertThat(arrival(1).frame()).containsExactly(7);
  }

  @Test
  void shouldForgetEarlierRunsWhenOneBegins() {
    mail.put(piece(RUN - 1, 0, 0, 1, 1));
    mail.put(piece(RUN + 1, 0, 0, 1, 2));
    mail.begin(RUN + 1, asked::add);

    assertThat(mail.frame(RUN - 1, 0, 1, PEER, 0).frame()).isNull();
    assertThat(mail.frame(RUN + 1, 0, 1, PEER, 0).frame()).containsExactly(2);
  }

  @Test
  void shouldSayWhyWhenThereWillBeNoFrame() {
    mail.putLoss(PEER, "left the cluster");
    mail.putLoss(PEER, "no sign of life");
    assertThat(arrival(0).trouble()).contains("left the cluster");
    mail.put(new Speech.Failing(RUN, 1, "node 1 failed"));
    assertThat(arrival(0).trouble()).contains("node 1 failed");
    mail.put(new Speech.Abort(RUN - 1, "earlier"));
    assertThat(arrival(0).trouble()).contains("node 1 failed");

    mail.put(piece(RUN, 0, 0, 1, 6));
    assertThat(arrival(0).trouble()).as("what came counts").isEqualTo(Optional.empty());
  }

  @Test
  void shouldAskWhoSendsWhenAFrameIsMissed() {
    Again again = new Again(RUN, 5, 2);
    mail.repeat(Again.of(again.toBytes()));

    assertThat(asked).containsExactly(again);
  }
}
