package dev.shootdown.scenario;

import dev.shootdown.check.Judgement;
import dev.shootdown.engine.RunOutcome;
import java.util.List;

/**
 * What came out of one run of a scenario.
 *
 * @param trace every fact in order, if it was kept; empty otherwise
 * @param machineJson the machine as JSON, for drawing it
 */
public record ScenarioResult(
    RunOutcome outcome, Judgement judgement, List<TraceLine> trace, String machineJson) {}
