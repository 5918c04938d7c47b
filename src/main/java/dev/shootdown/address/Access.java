package dev.shootdown.address;

/** What an agent wants to do with a page. */
public enum Access {
  /** A load or a DMA read. */
  READ,
  /** A store or a DMA write. */
  WRITE
}
