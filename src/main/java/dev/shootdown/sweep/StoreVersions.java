package dev.shootdown.sweep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which version of the program each run of a store was run by: what an equal scenario comes to may
 * differ between versions.
 */
final class StoreVersions {
  private StoreVersions() {}

  /** The number of a version, which it is given if it has none yet. */
  static int number(Connection connection, String version) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement("INSERT OR IGNORE INTO versions (name) VALUES (?)");
        PreparedStatement select =
            connection.prepareStatement("SELECT version FROM versions WHERE name = ?")) {
      SweepStore.insert(insert, version);
      select.setString(1, version);
      try (ResultSet result = select.executeQuery()) {
        result.next();
        return result.getInt(1);
      }
    }
  }

  /** How many runs there are of each version. */
  static SortedMap<String, Integer> counts(Connection connection) throws SQLException {
    SortedMap<String, Integer> counts = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT name, count(*) FROM runs JOIN versions USING (version) GROUP BY name")) {
      while (result.next()) {
        counts.put(result.getString(1), result.getInt(2));
      }
    }
    return counts;
  }

  /** The version of one run; empty if it is not there. */
  static String of(Connection connection, RunResult.RunKey key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT name FROM runs JOIN versions USING (version)"
                + " WHERE point = ? AND repetition = ?")) {
      select.setInt(1, key.point());
      select.setInt(2, key.repetition());
      try (ResultSet result = select.executeQuery()) {
        return result.next() ? result.getString(1) : "";
      }
    }
  }
}
