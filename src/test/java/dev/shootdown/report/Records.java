package dev.shootdown.report;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.Court;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.Failure;
import dev.shootdown.engine.Fingerprint;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A small run made by hand: one munmap on cpu0 that forgets dev0. */
final class Records {
  private static final PageRange PAGES = new PageRange(5, 2);

  final Court court = new Court();
  final Stats stats = new Stats();
  final FactKeeper keeper = new FactKeeper();
  Optional<Verdict> expected = Optional.empty();
  Optional<Failure> failure = Optional.empty();
  boolean complete = true;
  boolean keep;
  String config = "run.seed = 7\n";
  String machine = "";
  String variant = "";
  String title = "A device is forgotten";
  String startedAt = "2026-01-02T03:04:05Z";

  Records state(long atPs, String component, MachineFact fact) {
    court.seen(atPs, component, fact);
    stats.seen(atPs, component, fact);
    keeper.seen(atPs, component, fact);
    return this;
  }

  Records staleUse() {
    return state(500, "dev0", new MachineFact.Filled(1, 5, 7, true, 400)).munmap(1, 0);
  }

  /** An operation of 3 µs, 2 of them waiting, on its own CPU. */
  Records munmap(long operation, long atPs) {
    String cpu = "cpu" + (operation - 1);
    return state(atPs, cpu, new MachineFact.OperationBegan(operation, "munmap", 1, PAGES))
        .state(
            atPs + 1_000_000, cpu,
            new MachineFact.Booked(operation, Account.SOFTWARE, atPs, atPs + 1_000_000))
        .state(
            atPs + 1_000_000, cpu,
            new MachineFact.FlushBegan(
                operation, Audience.SECONDARY, 1, PAGES, new PageRange(0, 8), 1))
        .state(atPs + 1_000_000, cpu, new MachineFact.InterruptSent(operation, 9))
        .state(atPs + 1_500_000, "cpu9", new MachineFact.Stolen(operation, atPs + 1_000_000))
        .state(
            atPs + 3_000_000, cpu,
            new MachineFact.Booked(operation, Account.ACK_WAIT, atPs + 1_000_000, atPs + 3_000_000))
        .state(atPs + 3_000_000, "frames", new MachineFact.FramesFreed(operation, List.of(7L)))
        .state(atPs + 3_000_000, cpu, new MachineFact.OperationEnded(operation));
  }

  RunRecord record() {
    Fingerprint fingerprint =
        new Fingerprint(
            "00112233445566778899aabbccddeeff",
            List.of(new Fingerprint.Epoch(100_000_000, "cpu0", "0123456789abcdef")));
    TreeMap<String, String> wallTimes = new TreeMap<>();
    wallTimes.put("started", startedAt);
    TreeMap<String, String> none = new TreeMap<>();
    TreeMap<String, String> hashes = new TreeMap<>();
    hashes.put("configuration", "0a1b2c3d");
    return new RunRecord(
        new Identity(title, "forgotten-0a1b2c3d-s7", variant, 7),
        new Texts(config, machine, expected, "./shootdown run forgotten -D run.seed=7"),
        new RunOutcome(
            4_000_000, 42, fingerprint, failure, complete,
            new RunOutcome.Windows(1, 0, List.of(42L))),
        court.judgement(),
        new Collected(
            stats, List.of(new Collected.LogLine(0, "begin")),
            keep ? Optional.of(keeper) : Optional.empty()),
        new Circumstances(List.of("run", "forgotten"), none, none, wallTimes, hashes, 10));
  }
}
