package dev.shootdown.replay;

/**
 * One simulated operation and the recorded cause that it belongs to. A cause may take several, such
 * as the batches of a MADV_PAGEOUT.
 *
 * @param causeIndex number of the cause, in order of time
 * @param kind the row of the table in which the cause is counted
 * @param pages pages that the cause asked for
 */
record ReplayedOperation(int causeIndex, Cause cause, String kind, long pages) {}
