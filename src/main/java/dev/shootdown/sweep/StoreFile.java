package dev.shootdown.sweep;

import dev.shootdown.report.ResultProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Opens a store's file, for one process at a time.
 *
 * <p>While a sweep is running the file has a write-ahead log beside it ({@code -wal}), so that each
 * run is kept the moment it ends, without waiting for the disk. A process that is killed leaves
 * that log, and whoever opens the file next takes it in. A store that is closed is one file.
 */
final class StoreFile {
  /** The layout of the tables; a store of another layout is refused. */
  static final int SCHEMA = 3;

  /** Says in the file's header that it is one of ours: "SHSW". */
  static final int APPLICATION = 0x53485357;

  private StoreFile() {}

  /**
   * Opens or creates a store for writing.
   *
   * @throws ResultProblem if it is in use, damaged, of another version, or cannot be written
   */
  static Connection open(Path file) {
    boolean there = Files.exists(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(0);
    Connection connection = null;
    try {
      connection = config.createConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA locking_mode=EXCLUSIVE");
        if (there) {
          check(file, statement);
        }
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=NORMAL");
        statement.execute("BEGIN EXCLUSIVE");
        statement.execute("COMMIT");
      }
      return connection;
    } catch (SQLException failed) {
      closeQuietly(connection);
      throw problem(file, failed);
    } catch (ResultProblem refused) {
      closeQuietly(connection);
      throw refused;
    }
  }

  /**
   * Opens a store that nobody writes, for reading.
   *
   * @throws ResultProblem if it is in use, damaged, of another version, or not there
   */
  static Connection read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ResultProblem(file + ": no such file; a sweep's directory has one");
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(0);
    Connection connection = null;
    try {
      connection = config.createConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        check(file, statement);
      }
      return connection;
    } catch (SQLException failed) {
      closeQuietly(connection);
      throw problem(file, failed);
    } catch (ResultProblem refused) {
      closeQuietly(connection);
      throw refused;
    }
  }

  private static void check(Path file, Statement statement) throws SQLException {
    if (isEmpty(statement)) {
      return;
    }
    if (number(statement, "PRAGMA application_id") != APPLICATION) {
      throw new ResultProblem(file + " is not the store of a sweep; --out DIR writes elsewhere");
    }
    long schema = number(statement, "PRAGMA user_version");
    if (schema != SCHEMA) {
      throw new ResultProblem(
          file + " was written by another version (store schema " + schema + ", this is " + SCHEMA
              + "); use that version, or --out DIR");
    }
    try (ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
      if (!result.next() || !result.getString(1).equals("ok")) {
        throw damaged(file, result.getString(1), null);
      }
    }
  }

  /** Whether nothing was ever stored: the process was killed between creating and filling it. */
  static boolean isEmpty(Statement statement) throws SQLException {
    return number(statement, "SELECT count(*) FROM sqlite_master") == 0;
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  /** Leaves one file behind that anybody can read. */
  static void close(Path file, Connection connection) {
    try (Connection closing = connection;
        Statement statement = closing.createStatement()) {
      statement.execute("PRAGMA journal_mode=DELETE");
    } catch (SQLException failed) {
      throw problem(file, failed);
    }
    // Left by whoever read the log of a writer that was killed; nobody uses it now.
    Path shared = file.resolveSibling(file.getFileName() + "-shm");
    shared.toFile().delete();
  }

  private static void closeQuietly(Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException already) {
      return; // why it could not be opened is what is to be told
    }
  }

  /** What to tell a person. */
  static ResultProblem problem(Path file, SQLException failed) {
    SQLiteErrorCode code =
        failed instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    String name = code.name();
    if (name.startsWith("SQLITE_BUSY") || name.startsWith("SQLITE_LOCKED")) {
      return new ResultProblem(
          file + " is in use by another process; wait for it, or --out DIR writes elsewhere",
          failed);
    }
    if (name.startsWith("SQLITE_CORRUPT") || code == SQLiteErrorCode.SQLITE_NOTADB) {
      return damaged(file, code.message, failed);
    }
    if (code == SQLiteErrorCode.SQLITE_FULL) {
      return new ResultProblem(
          file + ": the disk is full; what had ended is kept, so make room and --resume", failed);
    }
    if (name.startsWith("SQLITE_READONLY") || name.startsWith("SQLITE_CANTOPEN")
        || name.startsWith("SQLITE_PERM")) {
      return new ResultProblem(
          file + " cannot be written (" + code.message + "); --out DIR writes elsewhere", failed);
    }
    return new ResultProblem(
        file + ": " + failed.getMessage() + "; what had ended is kept, --resume goes on", failed);
  }

  private static ResultProblem damaged(Path file, String how, SQLException failed) {
    return new ResultProblem(
        file + " is damaged (" + how.replace('\n', ' ') + "); nothing was changed; move it away"
            + " and run again, or restore a copy",
        failed);
  }
}
