package dev.shootdown.sweep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A store's tables: how they are made, and how those of another store are taken in. */
final class StoreSchema {
  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
          "CREATE TABLE parameters (point INTEGER, position INTEGER, axis TEXT NOT NULL,"
              + " value TEXT NOT NULL, PRIMARY KEY (point, position)) WITHOUT ROWID",
          "CREATE TABLE runs (point INTEGER, repetition INTEGER, seed INTEGER NOT NULL,"
              + " verdict TEXT NOT NULL, findings INTEGER NOT NULL, fingerprint TEXT NOT NULL,"
              + " failure TEXT NOT NULL, version INTEGER NOT NULL,"
              + " PRIMARY KEY (point, repetition)) WITHOUT ROWID",
          "CREATE TABLE versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
          "CREATE TABLE metric_names (metric INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
          "CREATE TABLE metrics (point INTEGER, repetition INTEGER, metric INTEGER,"
              + " value REAL NOT NULL, PRIMARY KEY (point, repetition, metric)) WITHOUT ROWID",
          "CREATE TABLE histograms (point INTEGER, repetition INTEGER, kind TEXT,"
              + " payload BLOB NOT NULL, PRIMARY KEY (point, repetition, kind)) WITHOUT ROWID",
          "CREATE TABLE findings (point INTEGER, repetition INTEGER, number INTEGER,"
              + " verdict TEXT NOT NULL, at_ps INTEGER NOT NULL, component TEXT NOT NULL,"
              + " summary TEXT NOT NULL, PRIMARY KEY (point, repetition, number)) WITHOUT ROWID",
          "CREATE TABLE epochs (point INTEGER, repetition INTEGER, payload BLOB NOT NULL,"
              + " PRIMARY KEY (point, repetition)) WITHOUT ROWID");
  private static final String NEW =
      " (point, repetition) IN (SELECT point, repetition FROM temp.new)";

  /**
   * What takes in the runs of the attached database {@code other}. The numbers of metrics and of
   * versions belong to their store, so these go by name.
   */
  private static final List<String> COPY =
      List.of(
          "DROP TABLE IF EXISTS temp.new",
          "CREATE TEMP TABLE new AS SELECT point, repetition FROM other.runs WHERE failure = ''"
              + " AND (point, repetition) NOT IN (SELECT point, repetition FROM main.runs)",
          "INSERT OR IGNORE INTO main.versions (name) SELECT name FROM other.versions"
              + " ORDER BY name",
          "INSERT INTO main.runs SELECT point, repetition, seed, verdict, findings, fingerprint,"
              + " failure, mine.version FROM other.runs JOIN other.versions theirs USING (version)"
              + " JOIN main.versions mine ON mine.name = theirs.name WHERE" + NEW,
          "INSERT INTO main.histograms SELECT * FROM other.histograms WHERE" + NEW,
          "INSERT INTO main.findings SELECT * FROM other.findings WHERE" + NEW,
          "INSERT INTO main.epochs SELECT * FROM other.epochs WHERE" + NEW,
          "INSERT INTO main.metric_names (name) SELECT name FROM other.metric_names"
              + " WHERE name NOT IN (SELECT name FROM main.metric_names) ORDER BY name",
          "INSERT INTO main.metrics SELECT point, repetition, mine.metric, value"
              + " FROM other.metrics JOIN other.metric_names theirs USING (metric)"
              + " JOIN main.metric_names mine ON mine.name = theirs.name WHERE" + NEW);

  private StoreSchema() {}

  /** Makes the tables of an empty database, within a transaction that is under way. */
  static void create(Connection connection, SweepPlan plan) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute(table);
      }
      statement.execute("PRAGMA application_id=" + StoreFile.APPLICATION);
      statement.execute("PRAGMA user_version=" + StoreFile.SCHEMA);
    }
    describe(connection, plan);
  }

  private static void describe(Connection connection, SweepPlan plan)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO sweep VALUES (?, ?)")) {
      for (Map.Entry<String, String> entry : Descriptions.of(plan).entrySet()) {
        SweepStore.insert(insert, entry.getKey(), entry.getValue());
      }
    }
    List<Axis> axes = plan.spec().axes();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO parameters VALUES (?, ?, ?, ?)")) {
      for (Point point : plan.points()) {
        for (int i = 0; i < axes.size(); i++) {
          SweepStore.insert(
              insert, point.index(), i, axes.get(i).name(), point.levels().get(i).label());
        }
      }
    }
  }

  /** Copies what the attached database has and this one lacks, within a transaction. */
  static void copyOther(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : COPY) {
        statement.execute(each);
      }
    }
  }
}
