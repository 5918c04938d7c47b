package dev.shootdown.hardware;

import dev.shootdown.engine.Fact;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Watches one device of a swarm. Each mapping has a frame of its own, so a frame that was taken
 * away tells which translation is stale.
 */
final class SwarmWatch {
  private final int device;
  private final int queueDepth;
  private final List<String> violations;
  private final Deque<Set<Long>> submitted = new ArrayDeque<>();
  private final Map<Integer, Set<Long>> sentByItag = new TreeMap<>();
  private final Set<Long> forbidden = new TreeSet<>();
  private final Map<Long, Long> running = new TreeMap<>();
  private final Set<Long> requested = new TreeSet<>();
  private final Map<String, Long> rebuilt = new TreeMap<>();
  private final int cacheEntries;
  private int served;
  private int discarded;

  SwarmWatch(int device, int queueDepth, int cacheEntries, List<String> violations) {
    this.device = device;
    this.queueDepth = queueDepth;
    this.cacheEntries = cacheEntries;
    this.violations = violations;
  }

  /** Transfers that were begun or refused. */
  int served() {
    return served;
  }

  int discarded() {
    return discarded;
  }

  /** Software asked for an invalidation, after it took {@code frames} away. */
  void submitted(Set<Long> frames) {
    submitted.add(frames);
  }

  void invalidationSent(int itag) {
    breach(sentByItag.put(itag, submitted.remove()) != null, "ITag " + itag + " used twice");
    breach(sentByItag.size() > queueDepth, "more invalidations than the device takes");
  }

  void invalidationAnswered(int itag) {
    breach(sentByItag.remove(itag) == null, "ITag " + itag + " answered twice");
  }

  void requested(Ats.TranslationRequest request) {
    breach(!requested.add(request.tag()), "tag " + request.tag() + " used twice");
  }

  void answered(Ats.TranslationCompletion completion) {
    breach(!requested.remove(completion.tag()), "tag " + completion.tag() + " answered twice");
  }

  /** At the end, when nothing is under way any more. */
  void end(int wishes) {
    breach(!requested.isEmpty(), "requests without an answer: " + requested);
    breach(!running.isEmpty(), "transfers that never ended: " + running);
    breach(!submitted.isEmpty() || !sentByItag.isEmpty(), "invalidations without an answer");
    breach(served != wishes, served + " of " + wishes + " transfers served");
  }

  void stated(Fact fact) {
    if (fact instanceof MachineFact.Used used) {
      onUsed(used);
    } else if (fact instanceof MachineFact.InvalidationDone done) {
      onDone(sentByItag.getOrDefault(done.itag(), Set.of()));
    } else if (fact instanceof MachineFact.Drained drained) {
      running.remove(drained.transfer());
    } else if (fact instanceof MachineFact.Filled filled) {
      rebuilt.put(key(filled.mm(), filled.page()), filled.pfn());
      breach(rebuilt.size() > cacheEntries, "the facts fill more than the cache holds");
    } else if (fact instanceof MachineFact.Dropped dropped) {
      onDropped(dropped);
    } else if (fact instanceof MachineFact.Denied) {
      served++;
    } else if (fact instanceof MachineFact.FillDiscarded) {
      discarded++;
    } else {
      breach(fact instanceof MachineFact.ProtocolBreach, fact.toString());
    }
  }

  private void onUsed(MachineFact.Used used) {
    served++;
    running.put(used.transfer(), used.pfn());
    breach(forbidden.contains(used.pfn()), "stale use of frame " + used.pfn());
    Long cached = rebuilt.get(key(used.mm(), used.page()));
    breach(cached == null || cached != used.pfn(), "the facts don't tell of " + used);
  }

  private void onDone(Set<Long> frames) {
    forbidden.addAll(frames);
    for (long pfn : running.values()) {
      breach(frames.contains(pfn), "completed while a transfer reaches frame " + pfn);
    }
  }

  private void onDropped(MachineFact.Dropped dropped) {
    for (long page = 0; page < Swarm.PAGES; page++) {
      if (dropped.range().contains(page)) {
        rebuilt.remove(key(dropped.mm(), page));
      }
    }
  }

  private void breach(boolean broken, String what) {
    if (broken) {
      violations.add("device " + device + ": " + what);
    }
  }

  private static String key(int mm, long page) {
    return mm + ":" + page;
  }

  /** A list for the violations of several watches. */
  static List<String> violations() {
    return new ArrayList<>();
  }
}
