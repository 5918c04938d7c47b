package dev.shootdown.audit;

import dev.shootdown.config.Limits;
import java.util.List;

/**
 * Which schedules a cell is judged over.
 *
 * @param budget how many at most
 * @param lateMost how many of them at most have one late message
 * @param leadPs how long before the operation messages begin to count, in ps
 * @param delayPs how late a late message is, in ps
 * @param late which messages are late, each once
 * @param draws which latencies are drawn, in turn
 * @param shiftPs CPUs but the first begin up to so much later, in ps
 */
public record ScheduleSpec(
    @Limits(min = 1, max = 1_000_000) int budget,
    @Limits(min = 0, max = 1_000_000) int lateMost,
    long leadPs,
    @Limits(min = 1) long delayPs,
    List<Late> late,
    List<Draw> draws,
    long shiftPs) {
  /** Messages of one type on one wire, {@code "iommu0 -> dev"}. */
  public record Late(String wire, String message) {}

  /** How latencies are distributed. */
  public enum Kind {
    /** From the least to {@code times} the least. */
    UNIFORM,
    /** The least, and a wait; {@code times} the least in the mean. */
    EXPONENTIAL
  }

  /** What is drawn: constant latencies of these kinds of wires. */
  public record Draw(List<String> wires, Kind kind, @Limits(min = 2, max = 1000) int times) {}

  /** The same with another budget. */
  ScheduleSpec withBudget(int most) {
    return new ScheduleSpec(most, lateMost, leadPs, delayPs, late, draws, shiftPs);
  }
}
