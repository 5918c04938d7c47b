package dev.shootdown.config;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** How a text is packed in its file, told by the file's first bytes. */
enum Packing {
  /** Not at all. */
  PLAIN("file"),
  /** RFC 1952. */
  GZIP("gzip"),
  /** RFC 8878. */
  ZSTD("zstd");

  /** Bytes that tell them apart. */
  static final int MAGIC_BYTES = 4;

  /** Largest window of zstd, as a power of two of bytes: what `zstd --long` uses, 128 MiB. */
  private static final int WINDOW_LOG_MAX = 27;

  private final String noun;

  Packing(String noun) {
    this.noun = noun;
  }

  /** The word for such a file in a message. */
  String noun() {
    return noun;
  }

  /** The packing of a file that begins with these bytes, unsigned; −1 past its end. */
  static Packing of(int[] first) {
    if (first[0] == 0x1f && first[1] == 0x8b) {
      return GZIP;
    }
    boolean zstd =
        first[0] == 0x28 && first[1] == 0xb5 && first[2] == 0x2f && first[3] == 0xfd;
    return zstd ? ZSTD : PLAIN;
  }

  /** The text of a packed stream. */
  InputStream unpacked(InputStream packed) throws IOException {
    return switch (this) {
      case PLAIN -> packed;
      case GZIP -> new GZIPInputStream(packed, 64 * 1024);
      case ZSTD -> new ZstdInputStreamNoFinalizer(packed).setLongMax(WINDOW_LOG_MAX);
    };
  }
}
