/**
 * What the machine can be asked for by the hundred: the historic bugs, broken and fixed.
 *
 * <p>An exhibit is a scenario with a block {@code museum}: nothing about a single bug is written in
 * Java, so a new one is a new file. A {@link dev.shootdown.museum.Museum} is a directory of such
 * files, a {@link dev.shootdown.museum.Tour} runs them, and {@link dev.shootdown.museum.Placard}
 * tells what came of each.
 */
package dev.shootdown.museum;
