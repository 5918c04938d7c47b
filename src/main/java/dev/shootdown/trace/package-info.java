/**
 * What happened, when, to which page: facts in plain values, the one record all verdicts are read
 * from.
 */
package dev.shootdown.trace;
