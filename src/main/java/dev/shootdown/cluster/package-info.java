/**
 * The same run on several nodes: membership, placement, transport.
 *
 * <p>A {@link dev.shootdown.cluster.Coordinator} waits for {@link dev.shootdown.cluster.Worker}s,
 * sends each the configuration, and has its answer compared before time starts: same code, same
 * configuration, same seed. Then every node runs the same blueprint and hosts its share of the
 * partitions; {@link dev.shootdown.engine.Exchange} carries what crosses between them, one frame
 * per window and pair of neighbours. Frames have connections of their own where those can be had,
 * and go through Artery otherwise, as everything else does.
 *
 * <p>Work in pieces that don't know each other, such as the runs of a sweep, is spread by {@link
 * dev.shootdown.cluster.ChoreShare}: whoever has nothing to do pulls the next piece, and what a
 * lost node had is done elsewhere. Workers come to a coordinator that waits for them, or wait in a
 * {@link dev.shootdown.cluster.Lobby} for one to come.
 *
 * <p>Can: tell who is gone, in which window, and end the run with what there is; send again what
 * was lost with a connection that broke. Can't: replace a run's node or move a partition; a run
 * that lost a node is over, and whoever kept it starts another one from its last checkpoint.
 */
package dev.shootdown.cluster;
