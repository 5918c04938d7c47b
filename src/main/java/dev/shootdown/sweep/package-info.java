/**
 * One scenario, many values, many seeds.
 *
 * <p>{@link SweepPlan} reads the block {@code sweep} and knows the points; {@link PointLoader}
 * makes scenarios of them; {@link Sweep} runs what is missing through a {@link
 * dev.shootdown.scenario.Runner} and keeps each run in a {@link SweepStore} as it ends; {@link
 * Exports} writes the store as tables. Whatever is exported depends on the store alone, sorted by
 * point and repetition, so that it doesn't matter in how many pieces a sweep was run. {@link
 * SpreadSweep} does what {@link Sweep} does wherever there is somebody to do it.
 */
package dev.shootdown.sweep;
