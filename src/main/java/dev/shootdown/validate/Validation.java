package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All calibration items: those that the model predicts, and those that it doesn't, with why. */
public final class Validation {
  private static final List<Curve> CURVES =
      List.of(
          new FlushCostCurve(), new SerialShootdownCurve(), DmaWindowCurve.latency(),
          DmaWindowCurve.rate(), new ManyFlushersCurve(), new CommandQueueCurve(),
          new StageTwoCurve(), new CrossSocketCurve(), new DmaUnmapCurve(), new OvercommitCurve(),
          new GuestCurve());

  /**
   * What came out.
   *
   * @param outcomes in the order of the items
   * @param complete whether all that were asked for are there
   */
  public record Result(List<Outcome> outcomes, boolean complete) {
    public Result {
      outcomes = List.copyOf(outcomes);
    }

    /** Whether all of them keep to their goals. */
    public boolean isMet() {
      return outcomes.stream().allMatch(Outcome::isMet);
    }
  }

  private Validation() {}

  /** The items that can be run, in order. */
  public static List<String> items() {
    return CURVES.stream().map(Curve::item).toList();
  }

  /** How many runs of the model an item takes. */
  public static int runs(String item) {
    return CURVES.stream().filter(c -> c.item().equals(item)).mapToInt(Curve::runs).sum();
  }

  /** Items without a prediction, and the reason. */
  public static Map<String, String> leftOut() {
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("C9", "an input: a distribution of service times, not a prediction");
    reasons.put("C10", "an input: a distribution of service times, not a prediction");
    return reasons;
  }

  /** Runs these items; ends early if it is asked to. */
  public static Result run(Workbench bench, List<String> items) {
    List<Outcome> outcomes = new ArrayList<>();
    try {
      for (Curve curve : CURVES) {
        if (items.contains(curve.item())) {
          outcomes.add(curve.on(bench));
        }
      }
    } catch (Workbench.Stopped stopped) {
      return new Result(outcomes, false);
    }
    return new Result(outcomes, true);
  }

  /** Compares a user's own measurements; nothing came out if it is asked to stop. */
  public static Result run(Workbench bench, OwnData data, String machine) {
    try {
      return new Result(List.of(data.on(bench, machine)), true);
    } catch (Workbench.Stopped stopped) {
      return new Result(List.of(), false);
    }
  }
}
