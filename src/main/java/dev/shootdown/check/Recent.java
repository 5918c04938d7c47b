package dev.shootdown.check;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers the entries put last and forgets older ones: a long run needs no more memory. */
final class Recent<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int kept;

  Recent(int kept) {
    this.kept = kept;
  }

  /** Like {@link #put}, but an entry put again counts as new. */
  void remember(K key, V value) {
    remove(key);
    put(key, value);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > kept;
  }
}
