package dev.shootdown.cluster;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;

/**
 * Node {@code from} waits for the frame of {@code round}: it is to be sent once more, if it was
 * sent. Artery repeats nothing, so a frame on a connection that breaks is lost.
 */
record Again(long run, long round, int from) implements Door.Command {
  byte[] toBytes() {
    BytesOut out = new BytesOut();
    out.unsigned(run);
    out.unsigned(round);
    out.unsigned(from);
    return out.toByteArray();
  }

  static Again of(byte[] coded) {
    BytesIn in = new BytesIn(coded);
    Again again =
        new Again(in.unsigned(), in.unsigned(), in.below(Integer.MAX_VALUE, "node"));
    in.finish();
    return again;
  }
}
