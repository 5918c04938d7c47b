package dev.shootdown.cluster;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;

/**
 * A piece of what one node has for another in one round. Large ones are cut, as the transport has a
 * limit; the pieces may arrive in any order.
 */
final class Frame implements Door.Command {
  /** The most that one piece carries; the transport's limit is twice that. */
  static final int PIECE_BYTES = 256 * 1024;

  /** As many are the bytes of one piece with all that stands before them, at the most. */
  static final int BYTES_MOST = PIECE_BYTES + 64;

  /** A gigabyte in one window is a mistake or an attack. */
  static final int PIECES_MAX = 4096;

  final long run;
  final long round;
  final int from;
  final int piece;
  final int pieces;
  final byte[] bytes;

  Frame(long run, long round, int from, int piece, int pieces, byte[] bytes) {
    this.run = run;
    this.round = round;
    this.from = from;
    this.piece = piece;
    this.pieces = pieces;
    this.bytes = bytes;
  }

  byte[] toBytes() {
    BytesOut out = new BytesOut();
    writeTo(out);
    return out.toByteArray();
  }

  void writeTo(BytesOut out) {
    out.unsigned(run);
    out.unsigned(round);
    out.unsigned(from);
    out.unsigned(piece);
    out.unsigned(pieces);
    out.unsigned(bytes.length);
    out.raw(bytes, 0, bytes.length);
  }

  static Frame of(byte[] coded) {
    BytesIn in = new BytesIn(coded);
    long run = in.unsigned();
    long round = in.unsigned();
    int from = in.below(Integer.MAX_VALUE, "node");
    int piece = in.below(PIECES_MAX, "piece");
    int pieces = in.below(PIECES_MAX + 1, "pieces");
    byte[] bytes = in.raw(in.count());
    in.finish();
    if (piece >= pieces || bytes.length > PIECE_BYTES) {
      throw new BadBytes("piece " + piece + " of " + pieces, 0);
    }
    return new Frame(run, round, from, piece, pieces, bytes);
  }
}
