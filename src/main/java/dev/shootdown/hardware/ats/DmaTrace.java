package dev.shootdown.hardware.ats;

import dev.shootdown.address.Access;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/**
 * Transfers that a device starts at given times, many of them: each takes 24 bytes, and only the
 * next one is queued as an event. They don't wait for each other but for what the device has a
 * bounded number of, as those of a {@link DmaJob}; those of one instant start in their order.
 */
public final class DmaTrace {
  /** No transfers. */
  public static final DmaTrace NONE = new Builder().build();

  private static final int WRITE = 1 << 31;
  private static final int FIRST_ROOM = 16;

  private final long[] atPs;
  private final long[] pages;
  private final int[] pasids;
  private final int[] sizes;

  private DmaTrace(long[] atPs, long[] pages, int[] pasids, int[] sizes) {
    this.atPs = atPs;
    this.pages = pages;
    this.pasids = pasids;
    this.sizes = sizes;
  }

  /** Takes transfers in, one after the other. */
  public static final class Builder {
    private long[] atPs = new long[FIRST_ROOM];
    private long[] pages = new long[FIRST_ROOM];
    private int[] pasids = new int[FIRST_ROOM];
    private int[] sizes = new int[FIRST_ROOM];
    private int count;

    /**
     * Adds a transfer.
     *
     * @param startPs when it is wanted, in ps; not before the one that was added last
     * @param pasid whose address space; the PASID is its number
     * @param page page number there
     * @param access whether data is read from or written to memory
     * @param sizeBytes 1 to 4096, as a transfer stays within its page
     * @throws IllegalArgumentException if it is none of that
     */
    public Builder add(long startPs, int pasid, long page, Access access, int sizeBytes) {
      if (startPs < 0 || count > 0 && startPs < atPs[count - 1]) {
        throw new IllegalArgumentException("time goes backwards to " + startPs + " ps");
      }
      if (sizeBytes < 1 || sizeBytes > 4096) {
        throw new IllegalArgumentException("a transfer has 1 to 4096 bytes, not " + sizeBytes);
      }
      if (count == atPs.length) {
        resize(2 * count);
      }
      atPs[count] = startPs;
      pages[count] = page;
      pasids[count] = pasid;
      sizes[count++] = access == Access.WRITE ? sizeBytes | WRITE : sizeBytes;
      return this;
    }

    /** What was added; nothing can be added from then on. */
    public DmaTrace build() {
      resize(count);
      return new DmaTrace(atPs, pages, pasids, sizes);
    }

    private void resize(int room) {
      atPs = Arrays.copyOf(atPs, room);
      pages = Arrays.copyOf(pages, room);
      pasids = Arrays.copyOf(pasids, room);
      sizes = Arrays.copyOf(sizes, room);
    }
  }

  /** How many transfers there are. */
  public int size() {
    return atPs.length;
  }

  /** When transfer number {@code index} is wanted, in ps. */
  public long atPs(int index) {
    return atPs[index];
  }

  public int pasid(int index) {
    return pasids[index];
  }

  /** The number of its page. */
  public long page(int index) {
    return pages[index];
  }

  public boolean isWrite(int index) {
    return (sizes[index] & WRITE) != 0;
  }

  public int sizeBytes(int index) {
    return sizes[index] & ~WRITE;
  }

  /** The same as jobs of one transfer each, made when they are looked at. */
  public List<DmaJob> asJobs() {
    return new AbstractList<>() {
      @Override
      public DmaJob get(int index) {
        Access access = isWrite(index) ? Access.WRITE : Access.READ;
        return new DmaJob(
            atPs(index), pasid(index), page(index), access, 1, 0, sizeBytes(index));
      }

      @Override
      public int size() {
        return DmaTrace.this.size();
      }
    };
  }
}
