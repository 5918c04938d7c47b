package dev.shootdown.cluster;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What coordinator and workers say to each other beside frames.
 *
 * <ol>
 *   <li>A worker that has become a member says {@link Hello} until it is {@link Welcome} or {@link
 *       Unwelcome}.
 *   <li>For each run the coordinator says {@link Prepare}; a worker answers {@link Prepared}, or
 *       {@link Declined} and why.
 *   <li>The run's frames follow, the first behind {@link Listens}. Who loses another says so
 *       ({@link Failing}); the coordinator then says {@link Abort} to all.
 *   <li>Or there are no runs but chores: the coordinator says {@link Employ}, and the worker asks
 *       for them by itself.
 *   <li>Workers may wait in a {@link Lobby}; a coordinator then asks for them ({@link Recruit}),
 *       hears how many there are ({@link Roster}), and they come ({@link Meet}).
 *   <li>{@link Bye} ends the session, and is answered so that both sides know.
 * </ol>
 */
sealed interface Speech extends Door.Command {
  /** A worker is there; {@code door} is where to answer. */
  record Hello(String door, String version, String code) implements Speech {}

  /** It may stay. */
  record Welcome() implements Speech {}

  /** It may not. */
  record Unwelcome(String reason) implements Speech {}

  /**
   * A node takes frames at a port of its own, too, from who knows {@code key}: 32 bytes as
   * hexadecimal digits. Said before the first frame of a run; see {@link FrameLines}.
   */
  record Listens(String door, int port, String key) implements Speech {
    private static final Pattern KEY =
        Pattern.compile("[0-9a-f]{" + 4 * FrameLines.KEY_BYTES + "}");

    /** On the machine where the door is. */
    String host() {
      String label = ClusterNode.labelOf(door);
      return label.substring(0, label.lastIndexOf(':'));
    }

    boolean isPossible() {
      return ClusterNode.isDoor(door) && port > 0 && port < 1 << 16 && KEY.matcher(key).matches();
    }
  }

  /** What to run. {@code hash} is what the coordinator's own reading of it came to. */
  record Job(String kind, String text, String hash, long seed) {}

  /** Get ready to be node {@code node} of {@code doors.size()}, with {@code workers} threads. */
  record Prepare(long run, int node, int workers, Job job, List<String> doors) implements Speech {}

  /** Ready; what the own reading came to. */
  record Prepared(long run, int node, String hash, long seed) implements Speech {}

  /** Not able to. */
  record Declined(long run, int node, String reason) implements Speech {}

  /** This node cannot go on. */
  record Failing(long run, int node, String reason) implements Speech {}

  /** The run is over, without a result. */
  record Abort(long run, String reason) implements Speech {}

  /** Take part in chores of {@code kind}; their outcomes go to {@code foreman}. */
  record Employ(String kind, String foreman) implements Speech {}

  /**
   * A coordinator asks a {@link Lobby} for its workers.
   *
   * @param open whether workers that come later are welcome, too
   */
  record Recruit(String door, String version, String code, boolean open) implements Speech {}

  /**
   * So many workers are sent; nobody answers before there is one.
   *
   * @param session counts what the lobby's workers were sent to
   */
  record Roster(int workers, long session) implements Speech {}

  /** A worker that waits is to introduce itself there. */
  record Meet(String door) implements Speech {}

  /** The session is over. */
  record Bye() implements Speech {}
}
