package dev.shootdown.trace;

import dev.shootdown.engine.Mix;

/**
 * Digests of a fact's words, its kind first, by number of words: every fact is digested, and a list
 * of arguments would be an object for each.
 */
final class Digest {
  private Digest() {}

  static long fold(long kind, long second) {
    return Mix.fold(Mix.fold(0, kind), second);
  }

  static long fold(long kind, long second, long third) {
    return Mix.fold(fold(kind, second), third);
  }

  static long fold(long kind, long second, long third, long fourth) {
    return Mix.fold(fold(kind, second, third), fourth);
  }

  static long fold(long kind, long second, long third, long fourth, long fifth) {
    return Mix.fold(fold(kind, second, third, fourth), fifth);
  }

  static long fold(long kind, long second, long third, long fourth, long fifth, long sixth) {
    return Mix.fold(fold(kind, second, third, fourth, fifth), sixth);
  }

  static long fold(
      long kind, long second, long third, long fourth, long fifth, long sixth, long seventh) {
    return Mix.fold(fold(kind, second, third, fourth, fifth, sixth), seventh);
  }
}
