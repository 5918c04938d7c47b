/**
 * The same run on several nodes: membership, placement, transport.
 *
 * <p>A {@link dev.shootdown.cluster.Coordinator} waits for {@link dev.shootdown.cluster.Worker}s,
 * sends each the configuration, and has its answer compared before time starts: same code, same
 * configuration, same seed. Then every node runs the same blueprint and hosts its share of the
 * partitions; {@link dev.shootdown.engine.Exchange} carries what crosses between them, one frame
 * per pair and window, over Artery.
 *
 * <p>Can: tell who is gone, in which window, and end the run with what there is. Can't: replace a
 * node, move a partition, or go on from a checkpoint; a run that lost a node is over.
 */
package dev.shootdown.cluster;
