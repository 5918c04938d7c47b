package dev.shootdown.cluster;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;

/**
 * What a {@link Foreman} and a {@link Hand} send each other.
 *
 * <ol>
 *   <li>{@link Chore} comes to whoever asked for one, by work pulling.
 *   <li>{@link Outcome} goes back, in pieces if it is large, until the foreman says {@link Kept}.
 *   <li>Only then the hand confirms the chore. So a chore whose outcome didn't arrive stays
 *       unconfirmed, and goes to somebody else when its hand is gone.
 * </ol>
 */
sealed interface Parcel {
  /** The most that one piece carries; the transport's limit is twice that. */
  int PIECE_BYTES = Frame.PIECE_BYTES;

  /** A piece of work. */
  record Chore(long number, byte[] bytes) implements Parcel {}

  /**
   * What came of it, or a part of that.
   *
   * @param hand where {@link Kept} goes
   * @param failed whether the bytes say why nothing came of it
   */
  record Outcome(long number, String hand, int piece, int pieces, boolean failed, byte[] bytes)
      implements Parcel, Foreman.Command {}

  /** The outcome is there. */
  record Kept(long number) implements Parcel, Hand.Command {}

  /** As bytes: a digit for the kind, then the parts in their order. */
  default byte[] toBytes() {
    BytesOut out = new BytesOut();
    if (this instanceof Chore chore) {
      out.octet(0);
      out.unsigned(chore.number);
      bytes(chore.bytes, out);
    } else if (this instanceof Outcome outcome) {
      out.octet(1);
      out.unsigned(outcome.number);
      out.text(outcome.hand);
      out.unsigned(outcome.piece);
      out.unsigned(outcome.pieces);
      out.flag(outcome.failed);
      bytes(outcome.bytes, out);
    } else if (this instanceof Kept kept) {
      out.octet(2);
      out.unsigned(kept.number);
    }
    return out.toByteArray();
  }

  private static void bytes(byte[] bytes, BytesOut out) {
    out.unsigned(bytes.length);
    out.raw(bytes, 0, bytes.length);
  }

  /**
   * What {@link #toBytes} wrote.
   *
   * @throws BadBytes if it is nothing of the kind
   */
  static Parcel of(byte[] coded) {
    BytesIn in = new BytesIn(coded);
    int kind = in.octet();
    Parcel parcel =
        switch (kind) {
          case 0 -> new Chore(in.unsigned(), in.raw(in.count()));
          case 1 -> outcome(in);
          case 2 -> new Kept(in.unsigned());
          default -> throw new BadBytes("parcel of kind " + kind, 0);
        };
    in.finish();
    return parcel;
  }

  private static Outcome outcome(BytesIn in) {
    long number = in.unsigned();
    String hand = in.text();
    int piece = in.below(Frame.PIECES_MAX, "piece");
    int pieces = in.below(Frame.PIECES_MAX + 1, "pieces");
    if (piece >= pieces) {
      throw new BadBytes("piece " + piece + " of " + pieces, in.position());
    }
    return new Outcome(number, hand, piece, pieces, in.flag(), in.raw(in.count()));
  }
}
