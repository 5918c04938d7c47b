/**
 * What objects hold, as bytes and back: told apart from what they held when they were built.
 *
 * <p>{@link dev.shootdown.image.AsBuilt} numbers all objects of a thing that has just been built.
 * An image of it, taken later, names those by their numbers, says what has changed in them, and
 * spells out only what is new. It is put back into an equal thing that was built anew, possibly by
 * another process: what can't be spelt out, such as a context, a wire's end or a lambda, is there
 * already.
 *
 * <p>It looks into objects of others by reflection; so does only {@code check.SameState}. What it
 * doesn't know it refuses by name ({@link dev.shootdown.image.Unimaged}), and bytes can name no
 * class but ours.
 */
package dev.shootdown.image;
