/**
 * How a record becomes bytes: one codec over sealed record hierarchies, a user's own included.
 *
 * <p>{@link dev.shootdown.bytes.Codec} is made from a type once, by looking at its components, and
 * knows what it read from the type alone: nothing that arrives can name a class. Equal values have
 * equal bytes, and bytes that no value would have given are refused.
 */
package dev.shootdown.bytes;
