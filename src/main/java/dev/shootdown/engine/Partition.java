package dev.shootdown.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * A sequential event loop on one thread.
 *
 * <ol>
 *   <li>The loop takes the least event, sets the clock and {@code tell}s the receiver.
 *   <li>The receiver's dispatcher hands its task back to this loop: straight if the actor is idle,
 *       else through {@link #localTasks}, which is drained before the next event.
 *   <li>Tasks from other threads go to {@link #controlTasks}, drained between windows, never at a
 *       model's instant.
 * </ol>
 *
 * <p>Invariants: all fields but {@link #controlTasks} and {@link #progress} are touched by the
 * owning thread only; time never runs backwards.
 */
final class Partition extends Apart {
  /** From so many parts on, a part's state is no longer in the processor's nearest cache. */
  private static final int CROWD = 512;

  /** Events ahead at which a part's cell, its watchdog, and what that refers to are looked at. */
  private static final int FAR = 12;

  private static final int NEAR = 8;
  private static final int NEXT = 4;

  private final int index;
  private final boolean direct;
  private final EventQueue queue = new EventQueue();
  private final ArrayDeque<Runnable> localTasks = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> controlTasks = new ConcurrentLinkedQueue<>();

  private volatile Thread owner;
  private int number;
  private final Event blank = new Event();
  private boolean crowded;

  /** Who runs its parts: itself, or another one for a while. */
  private volatile Partition runner = this;

  /** Whether it runs the parts of all others too. */
  private boolean runsAll;

  /** Keeps the compiler from leaving out what is read for its being read alone. */
  private long lookedAt;

  /** Not final, for the same reason. */
  private Class<?> anyClass = Object.class;

  private long nowPs;
  private long epochPs = Long.MAX_VALUE;
  private long events;
  private Cell<?>[] cells = new Cell<?>[0];
  private Object delivering;
  private Cell<?> receiver;
  private Failure failure;
  private boolean observed;
  private FactLog facts = new FactLog();
  private final List<Tally.EpochDigest> epochs = new ArrayList<>();
  private final Outboxes outboxes = new Outboxes();
  private Observer inline;
  private final InstantFacts instant = new InstantFacts();
  private final Progress progress = new Progress();

  Partition(int index, boolean direct) {
    this.index = index;
    this.number = index;
    this.direct = direct;
  }

  /** Its place among those of its actor system. */
  int index() {
    return index;
  }

  /** Its place among those of the run, which may have nodes elsewhere. */
  int number() {
    return number;
  }

  long nowPs() {
    return nowPs;
  }

  long epochPs() {
    return epochPs;
  }

  /** Makes the calling thread the one that runs this partition. */
  void adopt() {
    owner = Thread.currentThread();
  }

  boolean isOwner() {
    return Thread.currentThread() == owner;
  }

  /** Readies it to be partition {@code runNumber} of {@code partitions} in a run. */
  void begin(
      int runNumber, int partitions, int parts, long runEpochPs, Observer inlineObserver,
      boolean isObserved) {
    number = runNumber;
    queue.clear();
    nowPs = 0;
    events = 0;
    failure = null;
    delivering = null;
    epochs.clear();
    epochPs = runEpochPs;
    inline = inlineObserver;
    observed = isObserved;
    facts.clear();
    instant.clear();
    progress.restart(0);
    progress.delivered(0);
    outboxes.begin(partitions, parts);
  }

  /** Makes the run's components known, by order id; null for one on another node. */
  void populate(Cell<?>[] byOrderId) {
    cells = byOrderId;
    crowded = byOrderId.length >= CROWD;
  }

  /** Runs a dispatcher's task: now or soon on the owning thread, later from any other. */
  void execute(Runnable task) {
    Partition by = runner;
    if (by != this) {
      by.execute(task);
    } else if (isOwner()) {
      localTasks.addLast(task);
    } else {
      controlTasks.add(task);
    }
  }

  /** Runs what dispatchers queued, including what other threads queued, until nothing is left. */
  void drainAll() {
    while (true) {
      Runnable task = localTasks.pollFirst();
      if (task == null) {
        task = controlTasks.poll();
      }
      if (task == null) {
        return;
      }
      task.run();
    }
  }

  private void drainLocal() {
    Runnable task = localTasks.pollFirst();
    while (task != null) {
      task.run();
      task = localTasks.pollFirst();
    }
  }

  /** Delivers every event before {@code beforePs}; returns when there is none or the run failed. */
  void runWindow(long beforePs, StopFlag stop) {
    long window = 0;
    while (failure == null) {
      Event event = queue.pollBefore(beforePs);
      if (event == null) {
        break;
      }
      if (crowded && queue.openLeft() > FAR) {
        lookAhead();
      }
      deliver(event);
      if ((++window & 0xfff) == 0) {
        publishProgress();
        if (stop.isRaised()) {
          break;
        }
      }
    }
    publishProgress();
  }

  /**
   * Reads a little of the parts whose turn comes in some events, so that the processor fetches
   * them while it works on this one. What it reads does not matter. Each look needs what an
   * earlier one fetched, which is why there are several.
   */
  private void lookAhead() {
    lookedAt =
        cells[queue.receiverAhead(FAR)].lookAtSelf()
            + cells[queue.receiverAhead(NEAR)].lookAtWatchdog()
            + cells[queue.receiverAhead(NEXT)].lookAtBehavior(anyClass);
  }

  /** Nothing is left before {@code timePs}, here and elsewhere. */
  void reached(long timePs) {
    progress.reached(timePs);
  }

  private void publishProgress() {
    progress.reached(nowPs);
    progress.delivered(events);
  }

  private void deliver(Event event) {
    if (event.timePs != nowPs) {
      if (!instant.isEmpty()) {
        instant.drainTo(nowPs, inline);
      }
      nowPs = event.timePs;
    }
    Cell<?> to = cells[event.receiver()];
    Object message = event.wrap == null ? event.payload : event.wrap.apply(event.payload);
    to.enter(nowPs, event.depth);
    events++;
    if (to.stopped) {
      fail(to, message, "a message was sent to a part that has stopped (dead letter)", null);
      return;
    }
    delivering = message;
    receiver = to;
    if (direct) {
      DirectHandOver.hand(to, message);
    } else {
      tell(to, message);
    }
    if (!localTasks.isEmpty()) {
      drainLocal();
    }
    if (delivering != null && failure == null) {
      // A message from another thread may lie before it in the mailbox: that is the one to blame.
      drainAll();
    }
    if (delivering != null && failure == null) {
      fail(to, message, "the message did not reach the part (dead letter)", null);
    }
  }

  @SuppressWarnings("unchecked") // inlets and after() only ever produce the receiver's commands
  private static <C> void tell(Cell<C> to, Object message) {
    to.ref.tell((C) message);
  }

  /** Called by the interceptor when {@code cell} is about to handle {@code message}. */
  boolean accept(Cell<?> cell, Object message) {
    if (message == delivering && cell == receiver) {
      delivering = null;
      return true;
    }
    fail(
        cell,
        message,
        "the message came outside the event order, on thread "
            + Thread.currentThread().getName()
            + "; send through a port of Ctx instead",
        null);
    return false;
  }

  void fail(Cell<?> cell, Object message, String what, Throwable cause) {
    if (failure == null) {
      failure = new Failure(cell.name(), nowPs, String.valueOf(message), what, cause);
    }
  }

  Failure failure() {
    return failure;
  }

  /** An event to be filled in and posted. */
  Event blank() {
    return blank;
  }

  void post(Event event, int toPartition) {
    if (toPartition == number || runsAll) {
      queue.add(event);
    } else {
      outboxes.add(event, toPartition);
    }
  }

  /** Queues what a letter brought. */
  void receive(Letter letter) {
    lookedAt = letter.look(anyClass);
    letter.forEach(queue::add);
  }

  /** What it sends to other partitions. */
  Outboxes outboxes() {
    return outboxes;
  }

  /** Queues an event that came from another node, between windows. */
  void enqueue(Event event) {
    queue.add(event);
  }

  long nextTimePs() {
    return queue.nextTimePs();
  }

  int pending() {
    return queue.size();
  }

  /** Shows what is queued, in the order of events; it is queued as before afterwards. */
  void forEachPending(Consumer<Event> action) {
    List<Event> all = takePending();
    all.forEach(queue::add);
    all.forEach(action);
  }

  /** Forgets what the start of the parts came to; {@code lastPs} was the last event's time. */
  void rewind(long lastPs) {
    queue.clear();
    outboxes.clear();
    epochs.clear();
    facts.clear();
    instant.clear();
    nowPs = lastPs;
    progress.restart(lastPs);
  }

  /** Goes on counting from {@code count}. */
  void setEvents(long count) {
    events = count;
    progress.delivered(count);
  }

  Cell<?> cell(int orderId) {
    return cells[orderId];
  }

  /** Runs the parts of {@code others} as well, on its own thread; to be called from there. */
  void takeOver(List<Partition> others) {
    runsAll = true;
    for (Partition other : others) {
      if (other != this) {
        other.runner = this;
        for (Event e = other.takeNext(); e != null; e = other.takeNext()) {
          queue.add(e);
        }
        other.queue.clear();
      }
    }
    for (Cell<?> cell : cells) {
      cell.runBy(this);
    }
  }

  /** Gives all parts and their events back to where they were placed; then all run themselves. */
  void giveBack() {
    for (Cell<?> cell : cells) {
      cell.runBy(cell.home());
    }
    List<Event> all = takePending();
    all.forEach(event -> cells[event.receiver()].home().queue.add(event));
  }

  /** Tasks of its dispatcher are its own thread's again. */
  void runItself() {
    runner = this;
    runsAll = false;
  }

  private List<Event> takePending() {
    List<Event> all = new ArrayList<>();
    for (Event e = takeNext(); e != null; e = takeNext()) {
      Event own = new Event();
      own.copy(e);
      all.add(own);
    }
    queue.clear();
    return all;
  }

  /** Takes the next event out; null if there is none. */
  Event takeNext() {
    return queue.pollBefore(Long.MAX_VALUE);
  }

  void closeEpoch(Cell<?> cell, long endPs, long digest) {
    epochs.add(new Tally.EpochDigest(endPs, cell.index(), digest));
  }

  /** The end of the epoch that now lies in, in ps. */
  long epochEndPs() {
    return (nowPs / epochPs + 1) * epochPs;
  }

  List<Tally.EpochDigest> epochs() {
    return epochs;
  }

  void observe(Cell<?> cell, int depth, long order, Fact fact) {
    if (inline != null) {
      instant.add(depth, cell.orderId(), cell.name(), order, fact);
    } else if (observed) {
      facts.add(nowPs, depth, cell, order, fact);
    }
  }

  /** The facts since the last swap; the partition goes on with an empty log. */
  FactLog swapFacts(FactLog empty) {
    FactLog full = facts;
    facts = empty;
    return full;
  }

  /** Facts are shown to {@code observer} from now on; null to keep them for {@link #swapFacts}. */
  void showTo(Observer observer) {
    finishFacts();
    inline = observer;
  }

  /** Hands what is left of the last instant to the inline observer. */
  void finishFacts() {
    if (inline != null) {
      instant.drainTo(nowPs, inline);
    }
    publishProgress();
  }

  long events() {
    return events;
  }

  /** For a progress line, from any thread. */
  Progress progress() {
    return progress;
  }
}
