package dev.shootdown.audit;

import dev.shootdown.report.ResultProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Finished cells, a line each behind a checksum. A line is written at once, so that a process that
 * is killed leaves at most a torn last line, which the next one drops.
 */
public final class CellStore implements Audit.Keeper, AutoCloseable {
  private static final String FILE = "cells.jsonl";
  private static final int SCHEMA = 2;

  private final Path file;
  private final String header;
  private final FileChannel channel;
  private final TreeMap<String, CellResult> kept = new TreeMap<>();

  private CellStore(Path file, String header, FileChannel channel) {
    this.file = file;
    this.header = header;
    this.channel = channel;
  }

  /**
   * Opens or begins a store.
   *
   * @throws ResultProblem if it is another audit's, in use, damaged, or cannot be written
   */
  public static CellStore open(Path directory, AuditSpec spec) {
    Path file = directory.resolve(FILE);
    String header =
        CellText.summed(
            "{\"schema\":" + SCHEMA + ",\"audit\":\"" + spec.hash8() + "\",\"budget\":"
                + spec.schedules().budget() + "}");
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      lock(channel, file);
      CellStore store = new CellStore(file, header, channel);
      store.read();
      return store;
    } catch (IOException failed) {
      throw new ResultProblem(
          file + " cannot be used (" + failed.getMessage() + "); --out writes elsewhere", failed);
    }
  }

  private static void lock(FileChannel channel, Path file) throws IOException {
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      lock = null; // another audit of this very process
    }
    if (lock == null) {
      channel.close();
      throw new ResultProblem(file + " is in use by another audit");
    }
  }

  private void read() throws IOException {
    String text = Files.readString(file);
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !text.contains("\n")) {
      channel.truncate(0);
      append(header);
      return;
    }
    if (!lines.get(0).equals(header)) {
      channel.close();
      throw new ResultProblem(
          file + " is of another audit, or of another budget; --out writes elsewhere");
    }
    long whole = bytes(header);
    for (int i = 1; i < lines.size(); i++) {
      int line = i + 1;
      boolean last = i == lines.size() - 1;
      var result = CellText.read(lines.get(i));
      if (result.isEmpty() && !last) {
        channel.close();
        throw new ResultProblem(
            file + ":" + line + ": the line is damaged; take it out, and its cell is run again");
      }
      if (result.isPresent() && (!last || text.endsWith("\n"))) {
        kept.put(result.get().name().text(), result.get());
        whole += bytes(lines.get(i));
      }
    }
    channel.truncate(whole);
    channel.position(whole);
  }

  private static long bytes(String line) {
    return line.getBytes(StandardCharsets.UTF_8).length + 1L;
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public synchronized TreeMap<String, CellResult> kept() {
    return new TreeMap<>(kept);
  }

  @Override
  public synchronized void keep(CellResult result) {
    try {
      append(CellText.line(result));
    } catch (IOException failed) {
      throw new ResultProblem(file + " cannot be written: " + failed.getMessage(), failed);
    }
    kept.put(result.name().text(), result);
  }

  /** Writes the cells anew in the order of their names, whatever order they came in. */
  public synchronized void sort() {
    List<String> lines = new ArrayList<>(List.of(header));
    kept.values().forEach(result -> lines.add(CellText.line(result)));
    Path sorted = file.resolveSibling(FILE + ".new");
    try {
      Files.writeString(sorted, String.join("\n", lines) + "\n");
      Files.move(sorted, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      throw new ResultProblem(file + " cannot be written: " + failed.getMessage(), failed);
    }
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
