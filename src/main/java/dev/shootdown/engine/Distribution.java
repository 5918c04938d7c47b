package dev.shootdown.engine;

import dev.shootdown.bytes.Codec;

/**
 * A run's place among the nodes that share it. Every node runs the same blueprint with the same
 * options and hosts its part of the partitions: with w workers on each, node k has the partitions
 * k × w to k × w + w − 1.
 *
 * @param exchange how the nodes reach each other
 * @param messages what a wire between nodes can carry
 * @param facts what an observer on node 0 is shown of other nodes
 */
public record Distribution(Exchange exchange, Codec<Object> messages, Codec<Object> facts) {}
