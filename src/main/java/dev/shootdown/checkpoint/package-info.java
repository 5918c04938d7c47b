/**
 * A run's state in files: written whole or not at all, and refused when it is another run's.
 *
 * <p>{@link dev.shootdown.checkpoint.CheckpointFile} is one state with all that must be the same
 * where it is gone on from: program, configuration, seed. {@link
 * dev.shootdown.checkpoint.CheckpointFolder} keeps the last two of a run.
 */
package dev.shootdown.checkpoint;
