package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Which recorded threads share a page table. A trace says nothing of it, so it is inferred.
 *
 * <p>Where the text names thread groups (record-tgid of ftrace, the pid of perf), threads of one
 * group share a space and others do not; a child of vfork, which shares its parent's until it calls
 * exec, is told wrong. For the rest the rule, from system calls and page faults only, is:
 * <ol>
 * <li>A thread that did neither belongs to no space (other load, kernel threads); nor does idle.
 * <li>A thread that called exec is as many threads as it ran programs, if {@code exit_mmap} or
 * {@code sched_process_exec} was recorded; if neither was, as of a child of vfork whose {@code
 * exit_mmap} alone is recorded, it counts as the program that it was for most of its touches.
 * <li>Two groups of threads may be one space when at least half of what the smaller one touched
 * lies in or next to a 1 GiB region that the larger one touched. Layouts are randomised over a far
 * larger range, so unrelated programs rarely meet.
 * <li>They are two spaces all the same when at least two pages were faulted in as missing by both
 * without a call in between that could have taken them out: within one space the second thread
 * finds the entry there. This tells a fork's child, whose layout is its parent's, from a thread.
 * Faults less than 20 microseconds apart are no evidence, for two threads may race for a page. And
 * they are two spaces if one of them is still used after the other was torn down.
 * <li>Where several spaces would do, the one with the largest share wins, then the older one.
 * </ol>
 * Names are no evidence (threads rename themselves) and only appear in the explanations.
 *
 * @param spaces in the order of first use
 */
public record AddressSpaces(List<AddressSpace> spaces) {

  /** The first space of a thread; empty when it touched no address that was recorded. */
  public OptionalInt spaceOf(int tid) {
    for (AddressSpace space : spaces) {
      if (space.images().containsKey(tid)) {
        return OptionalInt.of(space.id());
      }
    }
    return OptionalInt.empty();
  }

  /** The space in which a thread ran a program, counted as {@link Images} does. */
  OptionalInt spaceOf(int tid, int image) {
    for (AddressSpace space : spaces) {
      if (space.has(tid, image)) {
        return OptionalInt.of(space.id());
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Infers the spaces.
   *
   * @param causes in order of time
   * @param names of threads, for the explanations; may be incomplete
   */
  public static AddressSpaces infer(List<Cause> causes, Map<Integer, String> names) {
    return infer(causes, names, Map.of());
  }

  /** The same; {@code processes} is the thread group of each thread that is known. */
  public static AddressSpaces infer(
      List<Cause> causes, Map<Integer, String> names, Map<Integer, Integer> processes) {
    List<SpaceGroup> groups = groupsByThread(causes, processes);
    boolean merged = true;
    while (merged) {
      merged = false;
      for (int young = 1; young < groups.size(); young++) {
        SpaceGroup home = homeOf(groups, young);
        if (home != null) {
          home.absorb(groups.remove(young));
          merged = true;
          young--;
        }
      }
    }
    for (SpaceGroup group : groups) {
      processes.forEach((tid, process) -> {
        if (group.process() != 0 && process == group.process()) {
          group.addThread(tid);
        }
      });
    }
    List<AddressSpace> spaces = new ArrayList<>();
    for (SpaceGroup group : groups) {
      spaces.add(new AddressSpace(spaces.size(), Collections.unmodifiableSortedMap(group.images()),
          explain(groups, spaces.size(), names)));
    }
    return new AddressSpaces(Collections.unmodifiableList(spaces));
  }

  private static List<SpaceGroup> groupsByThread(
      List<Cause> causes, Map<Integer, Integer> processes) {
    Images images = new Images(processes);
    TreeMap<Integer, SpaceGroup> byTid = new TreeMap<>();
    List<SpaceGroup> groups = new ArrayList<>();
    for (int position = 0; position < causes.size(); position++) {
      Cause cause = causes.get(position);
      int tid = cause.tid();
      SpaceGroup group = byTid.get(tid);
      if (group != null && group.image() != images.of(tid)) {
        group = null;
      }
      if (cause instanceof EndCause end) {
        if (group != null) {
          group.ended(end, position);
        }
        images.on(cause);
      } else if (cause.isTouch() && tid != 0) {
        if (group == null) {
          group = new SpaceGroup(tid, images.of(tid), processes.getOrDefault(tid, 0));
          byTid.put(tid, group);
          groups.add(group);
        }
        group.add(position, cause);
      }
    }
    groups.forEach(SpaceGroup::keepMainImage);
    return groups;
  }

  /** The older group that the young one is part of, or null. */
  private static SpaceGroup homeOf(List<SpaceGroup> groups, int young) {
    SpaceGroup home = null;
    double best = 0;
    for (SpaceGroup old : groups.subList(0, young)) {
      if (old.process() != 0 && groups.get(young).process() != 0) {
        if (old.isSameProgram(groups.get(young))) {
          return old;
        }
        continue;
      }
      double share = old.overlap(groups.get(young));
      if (share >= SpaceGroup.MAJORITY && share > best && !old.contradicts(groups.get(young))) {
        best = share;
        home = old;
      }
    }
    return home;
  }

  private static String explain(
      List<SpaceGroup> groups, int index, Map<Integer, String> names) {
    SpaceGroup group = groups.get(index);
    StringBuilder text = new StringBuilder(group.images().size() == 1 ? "thread" : "threads");
    String separator = " ";
    for (int tid : group.images().keySet()) {
      text.append(separator).append(tid);
      if (names.containsKey(tid)) {
        text.append(" (").append(names.get(tid)).append(')');
      }
      separator = ", ";
    }
    if (group.endsInExec()) {
      text.append(", before exec");
    }
    if (group.process() != 0) {
      text.append(" of process ").append(group.process());
    }
    text.append(": ").append(group.size()).append(" calls and faults in ")
        .append(group.regionCount()).append(" regions of 1 GiB");
    if (group.otherImages() > 0) {
      text.append("; ").append(group.otherImages())
          .append(" more of another program image (exec)");
    }
    for (int old = 0; old < index; old++) {
      if (group.process() == 0 && groups.get(old).overlap(group) >= SpaceGroup.MAJORITY) {
        text.append("; near space ").append(old)
            .append(", yet both faulted in the same pages, as a fork's child does");
        break;
      }
    }
    return text.toString();
  }
}
