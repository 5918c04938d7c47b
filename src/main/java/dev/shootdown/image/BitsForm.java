package dev.shootdown.image;

import java.util.BitSet;

/** A bit set: the bits that are set. */
final class BitsForm extends Form {
  @Override
  Object[] parts(Object whole) {
    return ((BitSet) whole).stream().boxed().toArray();
  }

  @Override
  Object shell(Class<?> type, int parts) {
    return new BitSet();
  }

  @Override
  void fill(Object whole, Object[] parts, boolean asBuilt) {
    BitSet bits = (BitSet) whole;
    bits.clear();
    for (Object part : parts) {
      bits.set((Integer) part);
    }
  }
}
