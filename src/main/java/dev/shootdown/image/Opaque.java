package dev.shootdown.image;

/**
 * Belongs to the machine: an image names such an object by its number and doesn't look into it.
 * Whoever implements this keeps nothing that a run changes, or puts it into images otherwise.
 */
public interface Opaque {}
