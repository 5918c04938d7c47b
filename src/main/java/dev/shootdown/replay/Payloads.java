package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * From an event's name and payload to a typed event, for the kernel's print formats, for those of
 * the trace-cmd plugins and for its raw form (-R).
 *
 * <p>Read errors are {@link NoSuchElementException}s, so that a missing field ends in one place.
 */
final class Payloads {
  /** More printed pointers than any machine has call structures; it bounds what is kept. */
  private static final int CSD_LIMIT = 65_536;

  /** Call structures by printed pointer, numbered as they appear. */
  private final TreeMap<String, Integer> csdNumbers = new TreeMap<>();
  private int csdCount;

  /** The name of an event as all forms agree on it, and its payload. */
  record Named(String name, String payload) {}

  /** Splits a body, or returns null when it is no event. */
  static Named split(String body) {
    int end = 0;
    while (end < body.length() && isNameChar(body.charAt(end))) {
      end++;
    }
    if (end == 0 || Character.isDigit(body.charAt(0))) {
      return null;
    }
    if (body.startsWith("sys_") && end < body.length() && body.charAt(end) != ':') {
      return tracefsCall(body, end);
    }
    if (end == body.length() || body.charAt(end) != ':') {
      return null;
    }
    boolean blank = end + 1 < body.length() && HeadCursor.isBlank(body.charAt(end + 1));
    if (end + 1 < body.length() && !blank) {
      return null;
    }
    return new Named(body.substring(0, end), body.substring(end + 1).strip());
  }

  /** tracefs prints {@code sys_munmap(addr: ..)} and {@code sys_munmap -> 0x0}. */
  private static Named tracefsCall(String body, int end) {
    String call = body.substring("sys_".length(), end);
    String rest = body.substring(end).stripTrailing();
    if (rest.startsWith("(") && rest.endsWith(")")) {
      return new Named("sys_enter_" + call, rest);
    }
    String arrow = " -> ";
    boolean exit = rest.startsWith(arrow) && rest.indexOf(' ', arrow.length()) < 0;
    return exit ? new Named("sys_exit_" + call, rest.substring(arrow.length())) : null;
  }

  private static boolean isNameChar(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
        || c == '.' || c == '-';
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
      case "sched_switch" -> SwitchPayload.event(stamp, named.payload());
      case "page_fault_user" -> pageFault(stamp, fields, true);
      case "page_fault_kernel" -> pageFault(stamp, fields, false);
      case "ipi_send_cpu" -> new TraceEvent.IpiSend(
          stamp, small(fields.number("cpu")), symbol(fields.word("callback")));
      case "ipi_send_cpumask" -> new TraceEvent.IpiMask(
          stamp, CpuList.parse(named.payload()), symbol(fields.word("callback")));
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
      case "task_newtask" -> new TraceEvent.NewTask(
          stamp, small(fields.number("pid")), fields.hex("clone_flags").orElseThrow());
      case "exit_mmap" -> new TraceEvent.ExitMmap(stamp);
      case "sched_process_exec" -> new TraceEvent.Exec(stamp);
      case "set_migration_pte" -> new TraceEvent.SetMigrationPte(
          stamp, fields.hex("addr").orElseThrow(), small(fields.number("order")));
      case "remove_migration_pte" -> new TraceEvent.RemoveMigrationPte(
          stamp, fields.hex("addr").orElseThrow(), small(fields.number("order")));
      default -> rarer(stamp, named, fields);
    };
  }

  private static TraceEvent rarer(Stamp stamp, Named named, Fields fields) {
    String name = named.name();
    if (name.startsWith("sys_")) {
      return syscallOrOther(stamp, named, fields);
    }
    TraceEvent event = null;
    if (name.startsWith("kvm_")) {
      event = KvmPayloads.event(stamp, name, named.payload(), fields);
    } else if (name.startsWith("mm_") || name.startsWith("ksm_")) {
      MemoryEvent memory = MemoryPayloads.event(name, named.payload(), fields);
      event = memory == null ? null : new TraceEvent.OfMemory(stamp, memory);
    } else {
      IommuEvent iommu = IommuPayloads.event(name, named.payload(), fields);
      event = iommu == null ? null : new TraceEvent.OfIommu(stamp, iommu);
    }
    return event == null ? new TraceEvent.Other(stamp, name) : event;
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
    List<Long> arguments = new ArrayList<>(kind.argumentNames().size());
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
    // Without parentheses this is the raw form, whose reason is a bare number.
    long number = inParentheses(payload);
    number = number >= 0 ? number : fields.number("reason").orElseThrow();
    FlushReason reason = FlushReason.of(number);
    if (reason == null) {
      throw new NoSuchElementException("reason " + number);
    }
    return new TraceEvent.TlbFlush(stamp, fields.number("pages").orElseThrow(), reason);
  }

  /** The number in parentheses at the end, or −1. */
  private static long inParentheses(String payload) {
    int close = payload.length() - 1;
    int open = payload.lastIndexOf('(');
    if (close < 0 || payload.charAt(close) != ')' || open < 0 || close - open < 2
        || close - open > 10) {
      return -1;
    }
    long number = 0;
    for (int at = open + 1; at < close; at++) {
      char c = payload.charAt(at);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private static TraceEvent pageFault(Stamp stamp, Fields fields, boolean user) {
    return new TraceEvent.PageFault(stamp, fields.hex("address").orElseThrow(),
        fields.hex("ip").orElseThrow(), small(fields.hex("error_code")), user);
  }

  /** Whether a function came out as an address, for want of the kernel's symbols. */
  static boolean isUnnamed(String function) {
    String digits = function.startsWith("0x") ? function.substring(2) : function;
    return digits.length() >= 8 && digits.length() <= 16
        && digits.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
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
    if (printed.equals("(nil)") || printed.equals("(null)") || isZero(printed)) {
      return 0;
    }
    Integer known = csdNumbers.get(printed);
    if (known == null) {
      if (csdNumbers.size() == CSD_LIMIT) {
        csdNumbers.clear();
      }
      known = ++csdCount;
      csdNumbers.put(printed, known);
    }
    return known;
  }

  private static boolean isZero(String printed) {
    int from = printed.startsWith("0x") ? 2 : 0;
    for (int at = from; at < printed.length(); at++) {
      if (printed.charAt(at) != '0') {
        return false;
      }
    }
    return printed.length() > from;
  }

  static int small(OptionalLong number) {
    long value = number.orElseThrow();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new NoSuchElementException("number out of range");
    }
    return (int) value;
  }
}
