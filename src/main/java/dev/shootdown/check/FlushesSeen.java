package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalLong;

/** The flushes of late, to look for the one that should have covered a page. */
final class FlushesSeen {
  private static final int KEPT = 4096;
  private static final long NEVER = Long.MAX_VALUE;

  /** A flush, open until it is told its end. */
  static final class Flush {
    private final String cpu;
    private final String path;
    private final MachineFact.FlushBegan began;
    private final long beganPs;
    private long endedPs = NEVER;

    private Flush(String cpu, String path, MachineFact.FlushBegan began, long beganPs) {
      this.cpu = cpu;
      this.path = path;
      this.began = began;
      this.beganPs = beganPs;
    }

    boolean covers(Audience audience, int mm, long page) {
      return began.audience() == audience && began.mm() == mm && began.flushed().contains(page);
    }

    StaleUse.Flush evidence() {
      return new StaleUse.Flush(
          cpu, began.operation(), path, began.audience(), began.flushed(), beganPs,
          endedPs == NEVER ? OptionalLong.empty() : OptionalLong.of(endedPs));
    }
  }

  private record Open(long operation, Audience audience) {}

  private final Deque<Flush> flushes = new ArrayDeque<>();
  private final Recent<Open, Flush> open = new Recent<>(KEPT);

  /** A flush begins, in an operation of kind {@code path}, empty if unknown. */
  Flush began(long atPs, String cpu, String path, MachineFact.FlushBegan began) {
    Flush flush = new Flush(cpu, path, began, atPs);
    flushes.addLast(flush);
    open.remember(new Open(began.operation(), began.audience()), flush);
    if (flushes.size() > KEPT) {
      flushes.removeFirst();
    }
    return flush;
  }

  void ended(long atPs, MachineFact.FlushEnded ended) {
    Flush flush = open.remove(new Open(ended.operation(), ended.audience()));
    if (flush != null) {
      flush.endedPs = atPs;
    }
  }

  /** The newest flush that covers the page and was not over at {@code sincePs}, or null. */
  Flush covering(Audience audience, int mm, long page, long sincePs) {
    for (Iterator<Flush> newest = flushes.descendingIterator(); newest.hasNext(); ) {
      Flush flush = newest.next();
      if (flush.endedPs >= sincePs && flush.covers(audience, mm, page)) {
        return flush;
      }
    }
    return null;
  }

  /** The newest flush of {@code operation} in {@code mm}, whatever it covers, or null. */
  Flush of(long operation, Audience audience, int mm) {
    for (Iterator<Flush> newest = flushes.descendingIterator(); newest.hasNext(); ) {
      Flush flush = newest.next();
      if (flush.began.operation() == operation
          && flush.began.audience() == audience
          && flush.began.mm() == mm) {
        return flush;
      }
    }
    return null;
  }
}
