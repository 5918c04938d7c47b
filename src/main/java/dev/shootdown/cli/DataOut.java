package dev.shootdown.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.Optional;

/** Standard output, which remembers what a {@code PrintStream} above it keeps to itself. */
final class DataOut extends FilterOutputStream {
  /** Who reads only the beginning, as {@code head} does, has what he wants. */
  private static final String READER_IS_GONE = "Broken pipe";

  private IOException lost;

  /** On {@code descriptor}. */
  DataOut(FileDescriptor descriptor) {
    super(new FileOutputStream(descriptor));
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException failed) {
      lost = lost == null ? failed : lost;
      throw failed;
    }
  }

  /** Why something is missing there, if something is. */
  Optional<String> trouble() {
    return Optional.ofNullable(lost)
        .map(failed -> String.valueOf(failed.getMessage()))
        .filter(message -> !message.equals(READER_IS_GONE));
  }
}
