package dev.shootdown.replay;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.trace.Account;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What all operations of a simulated run took, and how much of it was flushing.
 *
 * @param elapsedPs time of all operations, page faults included
 * @param flushPs the part of it on flushes: of the own TLB, sending interrupts and waiting for
 *     their acknowledgements, and waiting for IOMMUs and devices
 * @param stolenPs time that other CPUs spent in flush interrupts on their behalf
 * @param ipis flush interrupts
 * @param secondaryFlushes flushes of IOMMUs and devices
 */
public record Bill(
    long elapsedPs, long flushPs, long stolenPs, long ipis, long secondaryFlushes) {
  private static final Set<Account> FLUSHING = EnumSet.of(
      Account.LOCAL_FLUSH, Account.IPI_SEND, Account.ACK_WAIT, Account.SUBMIT, Account.QUEUE_WAIT,
      Account.IOTLB_WAIT, Account.ATC_WAIT, Account.STATUS_WAIT, Account.BROADCAST_WAIT);

  static Bill of(List<LedgerRow> rows) {
    long elapsedPs = 0;
    long flushPs = 0;
    long stolenPs = 0;
    long ipis = 0;
    long secondary = 0;
    for (LedgerRow row : rows) {
      elapsedPs += row.elapsedPs();
      stolenPs += row.stolenPs();
      ipis += row.ipis();
      secondary += row.secondaryFlushes();
      for (Account account : FLUSHING) {
        flushPs += row.accountPs(account);
      }
    }
    return new Bill(elapsedPs, flushPs, stolenPs, ipis, secondary);
  }
}
