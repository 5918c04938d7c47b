package dev.shootdown.hardware.cpu;

import dev.shootdown.protocol.Program;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A program that was written down beforehand, and remembers when each step was over and how. */
final class Script implements Program {
  private final ArrayDeque<Step> steps;
  final List<Outcome> outcomes = new ArrayList<>();
  final List<Long> endedAtPs = new ArrayList<>();

  Script(List<Step> steps) {
    this.steps = new ArrayDeque<>(steps);
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    outcomes.add(last);
    endedAtPs.add(nowPs);
    return steps.isEmpty() ? new Finish() : steps.removeFirst();
  }

  /** How step number {@code index} went, from 0. */
  Outcome outcome(int index) {
    return outcomes.get(index + 1);
  }

  /** When step number {@code index} was over, in ps. */
  long endPs(int index) {
    return endedAtPs.get(index + 1);
  }

  boolean isOver(int index) {
    return outcomes.size() > index + 1;
  }
}
