package dev.shootdown.sweep;

import dev.shootdown.check.Finding;
import dev.shootdown.report.ResultProblem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is kept of a sweep's runs, in an embedded database. A run is there with all that belongs to
 * it or not at all. Not safe for several threads.
 *
 * <p>{@code docs/decisions/0004-sweep-store.md} has the tables.
 */
public final class SweepStore implements AutoCloseable {
  /** The file's name in a sweep's directory. */
  public static final String FILE = "sweep.sqlite";

  private static final List<String> OF_A_RUN =
      List.of("epochs", "findings", "histograms", "metrics", "runs");

  private final Path file;
  private final Connection connection;
  private final boolean writable;
  private final String version;
  private final Map<String, Integer> metricNumbers = new TreeMap<>();

  private SweepStore(Path file, Connection connection, boolean writable, String version) {
    this.file = file;
    this.connection = connection;
    this.writable = writable;
    this.version = version;
  }

  /**
   * Opens the store of a sweep, and creates it in a directory that has none.
   *
   * @param version of the program, which is kept with each run that it adds
   * @throws ResultProblem if it is in use, damaged, of another version or of another sweep, or if
   *     it cannot be written
   */
  public static SweepStore open(Path directory, SweepPlan plan, String version) {
    Path file = directory.resolve(FILE);
    SweepStore store = new SweepStore(file, StoreFile.open(file), true, version);
    store.guarded(
        () -> {
          try (Statement statement = store.connection.createStatement()) {
            if (StoreFile.isEmpty(statement)) {
              store.transaction(() -> StoreSchema.create(store.connection, plan));
            }
          }
        });
    String id = store.description().getOrDefault("id", "");
    if (!id.equals(plan.id())) {
      store.close();
      throw new ResultProblem(
          file + " holds another sweep (" + id + ", not " + plan.id()
              + "); nothing was changed; --out DIR writes elsewhere");
    }
    store.guarded(store::readMetricNames);
    return store;
  }

  /** Opens a store for reading, if nobody writes it. */
  public static SweepStore read(Path directory) {
    Path file = directory.resolve(FILE);
    return new SweepStore(file, StoreFile.read(file), false, "");
  }

  private interface Work {
    void run() throws SQLException;
  }

  private void guarded(Work work) {
    try {
      work.run();
    } catch (SQLException failed) {
      throw StoreFile.problem(file, failed);
    }
  }

  private void transaction(Work work) throws SQLException {
    execute("BEGIN");
    try {
      work.run();
      execute("COMMIT");
    } catch (SQLException | RuntimeException failed) {
      metricNumbers.clear(); // some of them may have gone with the rest
      try {
        execute("ROLLBACK");
      } catch (SQLException already) {
        // SQLite rolls back itself when the disk is full; why is what is to be told
        failed.addSuppressed(already);
      }
      throw failed;
    }
  }

  private void execute(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  static int insert(PreparedStatement insert, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      insert.setObject(i + 1, values[i]);
    }
    return insert.executeUpdate();
  }

  private void readMetricNames() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT metric, name FROM metric_names")) {
      while (result.next()) {
        metricNumbers.put(result.getString(2), result.getInt(1));
      }
    }
  }

  /**
   * Keeps runs, in one transaction. A run that is there already is left as it is.
   *
   * @throws ResultProblem if they cannot be kept; then none of them is
   */
  public void add(List<RunResult> results) {
    guarded(
        () ->
            transaction(
                () -> {
                  if (metricNumbers.isEmpty()) {
                    readMetricNames();
                  }
                  int number = StoreVersions.number(connection, version);
                  for (RunResult result : results) {
                    add(result, number);
                  }
                }));
  }

  private void add(RunResult result, int versionNumber) throws SQLException {
    int point = result.key().point();
    int repetition = result.key().repetition();
    RunResult.Ending ending = result.ending();
    try (PreparedStatement run =
            connection.prepareStatement(
                "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement metric =
            connection.prepareStatement("INSERT INTO metrics VALUES (?, ?, ?, ?)");
        PreparedStatement histogram =
            connection.prepareStatement("INSERT INTO histograms VALUES (?, ?, ?, ?)");
        PreparedStatement finding =
            connection.prepareStatement("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement epochs =
            connection.prepareStatement("INSERT INTO epochs VALUES (?, ?, ?)")) {
      int inserted =
          insert(
              run, point, repetition, ending.seed(), ending.verdict(), ending.findings(),
              ending.fingerprint(), ending.failure(), versionNumber);
      if (inserted == 0) {
        return;
      }
      for (Map.Entry<String, Double> each : result.metrics().entrySet()) {
        insert(metric, point, repetition, metricNumber(each.getKey()), each.getValue());
      }
      for (Map.Entry<String, byte[]> each : result.latencies().entrySet()) {
        insert(histogram, point, repetition, each.getKey(), each.getValue());
      }
      insert(epochs, point, repetition, result.epochs());
      int number = 0;
      for (Finding each : result.findings()) {
        insert(
            finding, point, repetition, number++, each.verdict().text(), each.atPs(),
            each.component(), each.summary());
      }
    }
  }

  private int metricNumber(String name) throws SQLException {
    Integer known = metricNumbers.get(name);
    if (known != null) {
      return known;
    }
    int number = metricNumbers.size() + 1;
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO metric_names VALUES (?, ?)")) {
      insert(insert, number, name);
    }
    metricNumbers.put(name, number);
    return number;
  }

  /** The runs that are there, and whether each failed. */
  public SortedMap<RunResult.RunKey, Boolean> runs() {
    SortedMap<RunResult.RunKey, Boolean> runs = new TreeMap<>();
    guarded(
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet result =
                  statement.executeQuery("SELECT point, repetition, failure <> '' FROM runs")) {
            while (result.next()) {
              runs.put(
                  new RunResult.RunKey(result.getInt(1), result.getInt(2)),
                  result.getBoolean(3));
            }
          }
        });
    return runs;
  }

  /** Forgets the runs that failed, so that they are run again; how many there were. */
  public int forgetFailed() {
    List<RunResult.RunKey> failed = new ArrayList<>();
    runs().forEach(
        (key, isFailed) -> {
          if (isFailed) {
            failed.add(key);
          }
        });
    guarded(
        () ->
            transaction(
                () -> {
                  for (String table : OF_A_RUN) {
                    try (PreparedStatement delete =
                        connection.prepareStatement(
                            "DELETE FROM " + table + " WHERE point = ? AND repetition = ?")) {
                      for (RunResult.RunKey key : failed) {
                        insert(delete, key.point(), key.repetition());
                      }
                    }
                  }
                }));
    return failed.size();
  }

  /**
   * Takes in the runs of another store of the same sweep, such as a shard's, but for those that
   * failed and those that are here.
   *
   * @throws ResultProblem if it is of another sweep, or cannot be read
   */
  public void takeIn(Path directory) {
    try (SweepStore other = read(directory)) {
      String id = other.description().getOrDefault("id", "");
      if (!id.equals(description().get("id"))) {
        throw new ResultProblem(other.file + " holds another sweep (" + id + ")");
      }
    }
    guarded(
        () -> {
          try (PreparedStatement attach = connection.prepareStatement("ATTACH ? AS other")) {
            attach.setString(1, directory.resolve(FILE).toString());
            attach.execute();
          }
          try {
            transaction(() -> StoreSchema.copyOther(connection));
          } finally {
            execute("DETACH other");
            metricNumbers.clear();
          }
        });
  }

  /** What the store says of its sweep; see {@link Descriptions}. */
  public SortedMap<String, String> description() {
    SortedMap<String, String> description = new TreeMap<>();
    guarded(
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet result = statement.executeQuery("SELECT key, value FROM sweep")) {
            while (result.next()) {
              description.put(result.getString(1), result.getString(2));
            }
          }
        });
    return description;
  }

  /** All runs with their figures, sorted by point and repetition. */
  public RunTable table() {
    RunTable table = new RunTable();
    guarded(
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet result =
                  statement.executeQuery("SELECT * FROM runs ORDER BY point, repetition")) {
            while (result.next()) {
              table.add(
                  new RunResult.RunKey(result.getInt(1), result.getInt(2)),
                  new RunResult.Ending(
                      result.getLong(3), result.getString(4), result.getLong(5),
                      result.getString(6), result.getString(7)));
            }
          }
          table.complete();
          try (Statement statement = connection.createStatement();
              ResultSet result =
                  statement.executeQuery(
                      "SELECT point, repetition, name, value FROM metrics"
                          + " JOIN metric_names USING (metric) ORDER BY point, repetition")) {
            while (result.next()) {
              table.put(
                  new RunResult.RunKey(result.getInt(1), result.getInt(2)), result.getString(3),
                  result.getDouble(4));
            }
          }
        });
    return table;
  }

  /** How many runs there are of each version of the program. */
  public SortedMap<String, Integer> versions() {
    SortedMap<String, Integer> counts = new TreeMap<>();
    guarded(() -> counts.putAll(StoreVersions.counts(connection)));
    return counts;
  }

  /** The version that did a run. */
  String version(RunResult.RunKey key) {
    List<String> one = new ArrayList<>();
    guarded(() -> one.add(StoreVersions.of(connection, key)));
    return one.get(0);
  }

  /** Digests of a run by epoch and component; none if the run failed or is not there. */
  List<Epochs.Kept> epochs(RunResult.RunKey key) {
    List<Epochs.Kept> epochs = new ArrayList<>();
    guarded(() -> epochs.addAll(StoreReading.epochs(connection, key)));
    return epochs;
  }

  /** Each point's levels by its axes' names, by the points' index. */
  SortedMap<Integer, Map<String, String>> parameters() {
    SortedMap<Integer, Map<String, String>> parameters = new TreeMap<>();
    guarded(() -> parameters.putAll(StoreReading.parameters(connection)));
    return parameters;
  }

  /** One stored histogram. */
  public interface LatencyReader {
    /** Called in the order of points, kinds and repetitions. */
    void read(int point, String kind, byte[] payload);
  }

  /** Shows all histograms. */
  public void latencies(LatencyReader reader) {
    guarded(
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet result =
                  statement.executeQuery(
                      "SELECT point, kind, payload FROM histograms"
                          + " ORDER BY point, kind, repetition")) {
            while (result.next()) {
              reader.read(result.getInt(1), result.getString(2), result.getBytes(3));
            }
          }
        });
  }

  /** Lets the file grow to so many pages of SQLite only, as a full disk would. */
  void limitPages(int most) {
    guarded(() -> execute("PRAGMA max_page_count=" + most));
  }

  /**
   * @throws ResultProblem if the last of it could not be written
   */
  @Override
  public void close() {
    if (writable) {
      StoreFile.close(file, connection);
    } else {
      guarded(connection::close);
    }
  }
}
