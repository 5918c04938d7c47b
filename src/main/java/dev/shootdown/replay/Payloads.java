package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From an event's name and payload to a typed event, for the kernel's print formats, for those of
 * the trace-cmd plugins and for its raw form (-R).
 *
 * <p>Read errors are {@link NoSuchElementException}s, so that a missing field ends in one place.
 */
final class Payloads {
  private static final Pattern NAMED = Pattern.compile("^([A-Za-z_][\\w.-]*):(?:\\s+(.*))?$");
  private static final Pattern TRACEFS_ENTER = Pattern.compile("^sys_(\\w+)(\\(.*\\))\\s*$");
  private static final Pattern TRACEFS_EXIT = Pattern.compile("^sys_(\\w+) -> (\\S+)\\s*$");
  private static final Pattern CODE_IN_PARENTHESES = Pattern.compile("\\((\\d{1,9})\\)\\s*$");
  private static final Pattern SWITCH_KERNEL = Pattern.compile(
      "^prev_comm=(.*) prev_pid=(\\d+) prev_prio=-?\\d+ prev_state=(\\S+) (?:==> )?"
          + "next_comm=(.*) next_pid=(\\d+) next_prio=-?\\d+.*$");
  private static final Pattern SWITCH_PLUGIN = Pattern.compile(
      "^(.*):(\\d+) \\[-?\\d+\\] (\\S+) ==> (.*):(\\d+) \\[-?\\d+\\].*$");
  private static final Pattern KVM_RANGE =
      Pattern.compile("(?:0x)?([0-9a-fA-F]{1,16}) -- (?:0x)?([0-9a-fA-F]{1,16})");
  private static final Pattern ADDRESS_ONLY = Pattern.compile("^(?:0x)?[0-9a-f]{8,16}$");

  /** Call structures by printed pointer, numbered as they appear. */
  private final TreeMap<String, Integer> csdNumbers = new TreeMap<>();

  /** The name of an event as both forms agree on it, and its payload. */
  record Named(String name, String payload) {}

  /** Splits a body, or returns null when it is no event. */
  static Named split(String body) {
    Matcher enter = TRACEFS_ENTER.matcher(body);
    if (enter.matches()) {
      return new Named("sys_enter_" + enter.group(1), enter.group(2));
    }
    Matcher exit = TRACEFS_EXIT.matcher(body);
    if (exit.matches()) {
      return new Named("sys_exit_" + exit.group(1), exit.group(2));
    }
    Matcher named = NAMED.matcher(body);
    if (!named.matches()) {
      return null;
    }
    return new Named(named.group(1), named.group(2) == null ? "" : named.group(2).strip());
  }

  /**
   * The typed event.
   *
   * @throws NoSuchElementException when the payload lacks what the event needs
   */
  TraceEvent event(Stamp stamp, Named named) {
    Fields fields = new Fields(named.payload());
    return switch (named.name()) {
      case "tlb_flush" -> tlbFlush(stamp, named.payload(), fields);
      case "sched_switch" -> schedSwitch(stamp, named.payload());
      case "page_fault_user" -> pageFault(stamp, fields, true);
      case "page_fault_kernel" -> pageFault(stamp, fields, false);
      case "ipi_send_cpu" -> new TraceEvent.IpiSend(
          stamp, small(fields.number("cpu")), symbol(fields.word("callback")));
      case "csd_queue_cpu" -> new TraceEvent.CsdQueue(
          stamp, small(fields.number("cpu")), symbol(fields.word("func")), csd(fields));
      case "csd_function_entry" ->
          new TraceEvent.CsdEntry(stamp, symbol(fields.word("func")), csd(fields));
      case "csd_function_exit" ->
          new TraceEvent.CsdExit(stamp, symbol(fields.word("func")), csd(fields));
      case "call_function_entry", "call_function_single_entry" ->
          new TraceEvent.CallEntry(stamp, small(fields.number("vector")));
      case "call_function_exit", "call_function_single_exit" ->
          new TraceEvent.CallExit(stamp, small(fields.number("vector")));
      case "exit_mmap" -> new TraceEvent.ExitMmap(stamp);
      case "set_migration_pte" -> new TraceEvent.SetMigrationPte(
          stamp, fields.hex("addr").orElseThrow(), small(fields.number("order")));
      case "remove_migration_pte" -> new TraceEvent.RemoveMigrationPte(
          stamp, fields.hex("addr").orElseThrow(), small(fields.number("order")));
      case "kvm_unmap_hva_range" -> kvmUnmap(stamp, named.payload());
      default -> syscallOrOther(stamp, named, fields);
    };
  }

  private static TraceEvent syscallOrOther(Stamp stamp, Named named, Fields fields) {
    String name = named.name();
    boolean enter = name.startsWith("sys_enter_");
    boolean exit = name.startsWith("sys_exit_");
    Syscall kind = enter || exit
        ? Syscall.printedAs(name.substring(name.indexOf('_', "sys_".length()) + 1)) : null;
    if (kind == null) {
      return new TraceEvent.Other(stamp, name);
    }
    return enter
        ? new TraceEvent.SyscallEnter(stamp, kind, arguments(kind, fields))
        : new TraceEvent.SyscallExit(stamp, kind, result(named.payload(), fields));
  }

  /** Kernels print 0x or, before 2025, bare hexadecimal: the address argument tells which. */
  private static List<Long> arguments(Syscall kind, Fields fields) {
    String address = fields.word(kind.argumentNames().get(0));
    boolean bareIsHex = address != null && !address.startsWith("0x");
    List<Long> arguments = new ArrayList<>();
    for (String name : kind.argumentNames()) {
      arguments.add(Fields.parse(fields.word(name), bareIsHex).orElseThrow());
    }
    return Collections.unmodifiableList(arguments);
  }

  private static long result(String payload, Fields fields) {
    String raw = fields.word("ret");
    return Fields.parse(raw == null ? payload.strip() : raw, false).orElseThrow();
  }

  private static TraceEvent tlbFlush(Stamp stamp, String payload, Fields fields) {
    Matcher code = CODE_IN_PARENTHESES.matcher(payload);
    // Without parentheses this is the raw form, whose reason is a bare number.
    long number = code.find() ? Long.parseLong(code.group(1))
        : fields.number("reason").orElseThrow();
    FlushReason reason = FlushReason.of(number);
    if (reason == null) {
      throw new NoSuchElementException("reason " + number);
    }
    return new TraceEvent.TlbFlush(stamp, fields.number("pages").orElseThrow(), reason);
  }

  private static TraceEvent pageFault(Stamp stamp, Fields fields, boolean user) {
    return new TraceEvent.PageFault(stamp, fields.hex("address").orElseThrow(),
        fields.hex("ip").orElseThrow(), small(fields.hex("error_code")), user);
  }

  private static TraceEvent schedSwitch(Stamp stamp, String payload) {
    Matcher matcher = SWITCH_KERNEL.matcher(payload);
    if (!matcher.matches()) {
      matcher = SWITCH_PLUGIN.matcher(payload);
      if (!matcher.matches()) {
        throw new NoSuchElementException("previous and next thread");
      }
    }
    String printed = matcher.group(3);
    OptionalLong bits = Fields.parse(printed, false);
    ThreadState state = bits.isPresent()
        ? ThreadState.ofBits(bits.getAsLong()) : ThreadState.ofLetter(printed);
    if (state == null) {
      throw new NoSuchElementException("state " + printed);
    }
    return new TraceEvent.SchedSwitch(stamp,
        new TraceEvent.Task(tid(matcher.group(2)), matcher.group(1)), state,
        new TraceEvent.Task(tid(matcher.group(5)), matcher.group(4)));
  }

  private static TraceEvent kvmUnmap(Stamp stamp, String payload) {
    Matcher range = KVM_RANGE.matcher(payload);
    if (!range.find()) {
      throw new NoSuchElementException("range");
    }
    return new TraceEvent.KvmUnmap(stamp, Long.parseUnsignedLong(range.group(1), 16),
        Long.parseUnsignedLong(range.group(2), 16));
  }

  /** Whether a function came out as an address, for want of the kernel's symbols. */
  static boolean isUnnamed(String function) {
    return ADDRESS_ONLY.matcher(function).matches();
  }

  private static String symbol(String printed) {
    if (printed == null) {
      throw new NoSuchElementException("function");
    }
    int plus = printed.indexOf('+');
    return plus < 0 ? printed : printed.substring(0, plus);
  }

  private int csd(Fields fields) {
    String printed = fields.word("csd");
    if (printed == null) {
      throw new NoSuchElementException("csd");
    }
    if (printed.equals("(nil)") || printed.equals("(null)") || printed.matches("(0x)?0+")) {
      return 0;
    }
    Integer known = csdNumbers.putIfAbsent(printed, csdNumbers.size() + 1);
    return known == null ? csdNumbers.size() : known;
  }

  private static int small(OptionalLong number) {
    long value = number.orElseThrow();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new NoSuchElementException("number out of range");
    }
    return (int) value;
  }

  private static int tid(String digits) {
    return small(Fields.parse(digits, false));
  }
}
