/**
 * The clock, the queue, the partitions and the dice. Knows nothing of pages.
 *
 * <p>A <em>partition</em> is a sequential event loop on one thread; its components are Pekko actors
 * whose dispatcher hands every task to that loop, so the dispatcher is the event queue. {@link
 * dev.shootdown.engine.Blueprint} describes components and links, {@link
 * dev.shootdown.engine.Simulation} runs them over one or more partitions.
 */
package dev.shootdown.engine;
