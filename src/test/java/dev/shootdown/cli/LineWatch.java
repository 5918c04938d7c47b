package dev.shootdown.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Hands every line to somebody while it is written. */
final class LineWatch extends OutputStream {
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private final StringBuilder line = new StringBuilder();
  private final Consumer<String> onLine;

  LineWatch(Consumer<String> onLine) {
    this.onLine = onLine;
  }

  @Override
  public synchronized void write(int octet) {
    all.write(octet);
    if (octet == '\n') {
      onLine.accept(line.toString());
      line.setLength(0);
    } else {
      line.append((char) octet);
    }
  }

  String text() {
    return all.toString(StandardCharsets.UTF_8);
  }
}
