package dev.shootdown.kernel.ocxl;

import dev.shootdown.config.Limits;

/**
 * The driver of an OpenCAPI link.
 *
 * @param launchPs writing the registers that launch one shoot-down, in ps
 * @param giveUpPs how long it polls for the end of one, in ps; 0 for ever
 * @param entryPs from the fault interrupt until its bottom half runs, in ps
 */
public record OcxlSpec(
    @Limits(min = 1, rule = "else a shoot-down of everything stops time") long launchPs,
    long giveUpPs,
    long entryPs) {}
