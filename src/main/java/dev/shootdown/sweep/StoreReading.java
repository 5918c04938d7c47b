package dev.shootdown.sweep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is asked of a store's tables when two sweeps are compared. */
final class StoreReading {
  private StoreReading() {}

  /** Digests of a run by epoch and component; none if the run failed or is not there. */
  static List<Epochs.Kept> epochs(Connection connection, RunResult.RunKey key)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT payload FROM epochs WHERE point = ? AND repetition = ?")) {
      select.setInt(1, key.point());
      select.setInt(2, key.repetition());
      try (ResultSet result = select.executeQuery()) {
        return result.next() ? Epochs.of(result.getBytes(1)) : List.of();
      }
    }
  }

  /** Each point's levels by its axes' names, by the points' index. */
  static SortedMap<Integer, Map<String, String>> parameters(Connection connection)
      throws SQLException {
    SortedMap<Integer, Map<String, String>> parameters = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT point, axis, value FROM parameters ORDER BY point, position")) {
      while (result.next()) {
        parameters.computeIfAbsent(result.getInt(1), point -> new LinkedHashMap<>())
            .put(result.getString(2), result.getString(3));
      }
    }
    return parameters;
  }
}
