package dev.shootdown.report;

import dev.shootdown.check.Verdict;
import java.util.Optional;

/**
 * What a run was asked for, in words that are the same on every machine: no absolute paths.
 *
 * @param config the effective configuration
 * @param machineJson the machine as JSON text, empty if there is none to be kept
 * @param expected the verdict that was expected, if one was
 * @param reproduce the command that shows the same again
 */
public record Texts(
    String config, String machineJson, Optional<Verdict> expected, String reproduce) {}
