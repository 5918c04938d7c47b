package dev.shootdown.scenario;

import dev.shootdown.trace.MachineFact;

/** A fact that was kept: when, where, what. */
public record TraceLine(long atPs, String component, MachineFact fact) {}
