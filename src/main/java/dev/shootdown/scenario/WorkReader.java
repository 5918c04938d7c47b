package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Scale;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.CpuPart;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads what CPUs and devices do.
 *
 * <p>A CPU's lines: {@code touch AREA [FIRST COUNT] read|write}, {@code PATH AREA[,AREA..] [FIRST
 * COUNT] [to AREA] [into PROCESS]}, {@code spin TIME}, {@code sleep TIME}, {@code spin-until TIME},
 * {@code sleep-until TIME}, {@code signal NAME}, {@code wait NAME}, {@code barrier NAME COUNT}, and
 * {@code repeat N} before lines that follow at once. A path may name a variant, {@code mremap+h}.
 */
final class WorkReader {
  /** What a line may begin with, besides a path. */
  static final List<String> VERBS = List.of(
      "touch", "spin", "sleep", "spin-until", "sleep-until", "repeat", "signal", "wait",
      "barrier");

  private static final PageRange NOWHERE = new PageRange(0, 0);

  private final Scenario.Kernel kernel;
  private final Map<String, Path> paths;
  private final List<Process> processes;
  private final List<CpuPart> cpus;
  private final List<DevicePart> devices;
  private final List<String> servers = new ArrayList<>();
  private final Map<String, Settings.Item> awaited = new LinkedHashMap<>();
  private final Set<String> opened = new TreeSet<>();

  WorkReader(
      Scenario.Kernel kernel, List<Process> processes, List<CpuPart> cpus,
      List<DevicePart> devices) {
    this.kernel = kernel;
    this.paths = kernel.paths();
    this.processes = processes;
    this.cpus = cpus;
    this.devices = devices;
  }

  Map<String, List<Action>> work(List<Settings> entries) {
    Map<String, List<Action>> work = new TreeMap<>();
    for (Settings at : entries) {
      String cpu = at.text("cpu");
      if (cpus.stream().noneMatch(c -> c.name().equals(cpu))) {
        at.problem("cpu", "there is no cpu '" + cpu + "'");
      }
      if (at.has("serves")) {
        serve(at, cpu);
        continue;
      }
      int mm = process(at);
      List<Action> actions = new ArrayList<>();
      actions.add(new Action.SwitchTo(mm));
      for (Settings.Item line : at.items("do")) {
        try {
          List<Action> read = lines(mm, line.text());
          read.forEach(action -> gates(action, line));
          actions.addAll(read);
        } catch (IllegalArgumentException wrong) {
          at.problems().add(line.origin(), line.path(), wrong.getMessage());
        }
      }
      actions.add(new Action.GoIdle());
      if (work.put(cpu, actions) != null || servers.contains(cpu)) {
        at.problem("cpu", "two workloads for '" + cpu + "'; write one");
      }
      at.finish();
    }
    awaited.keySet().removeAll(opened);
    awaited.forEach(
        (gate, line) ->
            root(entries).add(
                line.origin(), line.path(),
                "nobody opens '" + gate + "', so this would wait for ever; write 'signal " + gate
                    + "' in another CPU's lines, or as a step of its path"));
    return work;
  }

  private static Problems root(List<Settings> entries) {
    return entries.get(0).problems();
  }

  /** Notes which gates the action opens and which it waits for. */
  private void gates(Action action, Settings.Item line) {
    if (action instanceof Action.Signal signal) {
      opened.add(signal.name());
    } else if (action instanceof Action.Await gate) {
      awaited.putIfAbsent(gate.name(), line);
    } else if (action instanceof Action.Operate operate) {
      for (PathStep step : operate.path().steps()) {
        if (step.primitive() == PathStep.Primitive.SIGNAL) {
          opened.add(step.argument());
        } else if (step.primitive() == PathStep.Primitive.WAIT) {
          awaited.putIfAbsent(step.argument(), line);
        }
      }
    }
  }

  /** CPUs that run a kernel thread which serves devices' page requests, and nothing else. */
  List<String> servers() {
    return List.copyOf(servers);
  }

  private void serve(Settings at, String cpu) {
    String what = at.text("serves");
    if (!what.equals("page-requests")) {
      at.problem("serves", "'" + what + "' is nothing that a CPU serves; write page-requests");
    }
    if (servers.contains(cpu)) {
      at.problem("cpu", "two workloads for '" + cpu + "'; write one");
    }
    servers.add(cpu);
    at.finish();
  }

  int process(Settings at) {
    String name = at.text("process");
    for (int i = 0; i < processes.size(); i++) {
      if (processes.get(i).name().equals(name)) {
        return i;
      }
    }
    at.problem("process", "there is no process '" + name + "'");
    return 0;
  }

  private List<Action> lines(int mm, String line) {
    String[] words = line.trim().split("\\s+");
    if (!words[0].equals("repeat")) {
      return List.of(action(mm, List.of(words)));
    }
    if (words.length < 3 || !words[1].matches("[1-9]\\d{0,6}")) {
      throw new IllegalArgumentException(
          "write a count and what to repeat, such as 'repeat 10 dontneed a'");
    }
    List<Action> actions = new ArrayList<>();
    for (String part : line.trim().split("\\s+", 3)[2].split(";")) {
      actions.add(action(mm, List.of(part.trim().split("\\s+"))));
    }
    List<Action> repeated = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(words[1]); i++) {
      repeated.addAll(actions);
    }
    return repeated;
  }

  private Action action(int mm, List<String> words) {
    String verb = words.get(0);
    switch (verb) {
      case "spin":
        return new Action.SpinFor(time(words));
      case "sleep":
        return new Action.SleepFor(time(words));
      case "spin-until":
        return new Action.SpinUntil(time(words));
      case "sleep-until":
        return new Action.SleepUntil(time(words));
      case "touch":
        return touch(mm, words);
      case "signal":
        return new Action.Signal(name(words));
      case "wait":
        return new Action.Await(name(words));
      case "barrier":
        return barrier(words);
      default:
        return operate(mm, words);
    }
  }

  private static long time(List<String> words) {
    if (words.size() != 2) {
      throw new IllegalArgumentException(
          "'" + words.get(0) + "' takes one time, such as '" + words.get(0) + " 5us'");
    }
    return Scale.TIME.parse(words.get(1));
  }

  private Action touch(int mm, List<String> words) {
    String access = words.get(words.size() - 1);
    boolean right = words.size() == 3 || words.size() == 5;
    if (!right || !(access.equals("read") || access.equals("write"))) {
      throw new IllegalArgumentException(
          "write 'touch AREA read', or 'touch AREA FIRST COUNT write'");
    }
    PageRange range = range(mm, words.subList(1, words.size() - 1));
    return new Action.TouchAll(mm, range, access.equals("read") ? Access.READ : Access.WRITE);
  }

  private static String name(List<String> words) {
    if (words.size() != 2 || !words.get(1).matches("[a-z][a-z0-9-]{0,31}")) {
      throw new IllegalArgumentException(
          "'" + words.get(0) + "' takes one name, such as '" + words.get(0) + " moved'");
    }
    return words.get(1);
  }

  private static Action barrier(List<String> words) {
    if (words.size() != 3 || !words.get(2).matches("[2-9]|[1-9]\\d{1,3}")) {
      throw new IllegalArgumentException(
          "write 'barrier NAME COUNT', such as 'barrier ready 2'");
    }
    return new Action.Barrier(name(words.subList(0, 2)), Integer.parseInt(words.get(2)));
  }

  private Action operate(int mm, List<String> words) {
    Path path = path(words.get(0));
    int to = words.indexOf("to");
    int into = words.indexOf("into");
    int end = Math.max(to, into) < 0 ? words.size() : Math.max(to, into);
    List<String> source = words.subList(1, end);
    List<Area> areas = areas(mm, source, path);
    PageRange range = areas.size() == 1 ? range(mm, source) : Pieces.hull(areas);
    Area area = areas.get(0);
    boolean moves = uses(path, PathStep.Primitive.PTE_MOVE)
        || uses(path, PathStep.Primitive.PMD_MOVE)
        || path.steps().stream().anyMatch(
            step -> step.primitive() == PathStep.Primitive.PTE_LOOK && step.has("to"));
    if (moves != (to >= 0)) {
      throw new IllegalArgumentException(
          moves
              ? "'" + path.name() + "' needs 'to AREA'"
              : "'" + path.name() + "' has no second range, so 'to' has no meaning");
    }
    boolean forks = uses(path, PathStep.Primitive.FORK_COPY);
    if (forks != (into >= 0)) {
      throw new IllegalArgumentException(
          forks
              ? "'" + path.name() + "' needs 'into PROCESS', the child"
              : "'" + path.name() + "' fills no process, so 'into' has no meaning");
    }
    if (uses(path, PathStep.Primitive.CACHE_DROP) && area.file() < 0) {
      throw new IllegalArgumentException(
          "'" + path.name() + "' needs an area with a file; '" + area.name() + "' has none");
    }
    boolean whole =
        processes.get(mm).areas().stream().filter(each -> !each.reserved()).count()
                == areas.size()
            && range.equals(Pieces.hull(areas));
    if (uses(path, PathStep.Primitive.RELEASE) && !whole) {
      throw new IllegalArgumentException(
          "'" + path.name() + "' takes a whole address space: name all areas of the process,"
              + " each as a whole");
    }
    if (path.steps().stream().anyMatch(step -> step.primitive().isOfPasids())
        && processes.get(mm).pasid().isEmpty()) {
      throw new IllegalArgumentException(
          "'" + path.name() + "' needs a process that is given a PASID; '"
              + processes.get(mm).name() + "' has no 'pasid'");
    }
    boolean riscv = kernel.arch().architecture() == Architecture.RISCV;
    if (riscv && uses(path, PathStep.Primitive.INTERRUPTS_OFF)) {
      throw new IllegalArgumentException(
          "'" + path.name() + "' turns interrupts off, which is not modelled on riscv");
    }
    PageRange target = moves ? target(mm, words.subList(to + 1, words.size()), range) : NOWHERE;
    int child = forks ? child(words.subList(into + 1, words.size())) : -1;
    boolean byArea = Pieces.arePfns(areas) && uses(path, PathStep.Primitive.COMMIT);
    return new Action.Operate(
        byArea ? path.flushedByArea() : path, mm, range, target, area.file(), child,
        Pieces.of(areas, range, path));
  }

  /** The areas that a path is for; several are taken whole. */
  private List<Area> areas(int mm, List<String> source, Path path) {
    if (source.isEmpty() || !source.get(0).contains(",")) {
      range(mm, source);
      return List.of(area(mm, source.get(0)));
    }
    if (source.size() > 1) {
      throw new IllegalArgumentException("FIRST and COUNT are for a single area");
    }
    List<Area> areas = new ArrayList<>();
    for (String name : source.get(0).split(",", -1)) {
      areas.add(area(mm, name));
    }
    Pieces.check(processes.get(mm), areas, path, kernel);
    return areas;
  }

  /** A path, or a variant of one, {@code mremap+h}, that this kernel has. */
  private Path path(String word) {
    Path path = named(word);
    Architecture architecture = kernel.arch().architecture();
    if (path.in(kernel.era(), architecture).isEmpty() && !path.steps().isEmpty()) {
      throw new IllegalArgumentException(
          "'" + word + "' has no steps in era " + kernel.era() + " on " + architecture.text());
    }
    return path;
  }

  private Path named(String word) {
    int plus = word.indexOf('+');
    String name = plus < 0 ? word : word.substring(0, plus);
    Path path = paths.get(name);
    if (path == null) {
      List<String> known = new ArrayList<>(VERBS);
      known.addAll(paths.keySet());
      throw new IllegalArgumentException(
          "'" + word + "' is neither an action nor a path; actions are " + VERBS + ", paths "
              + paths.keySet()
              + Nearest.to(name, known).map(n -> "; did you mean '" + n + "'?").orElse(""));
    }
    if (plus < 0) {
      return path.variants().size() > 1 ? path.plain() : path;
    }
    String variant = word.substring(plus + 1);
    if (!path.variants().contains(variant) || variant.equals(Path.PLAIN)) {
      throw new IllegalArgumentException(
          "'" + name + "' has no variant '" + variant + "'; it has " + path.variants());
    }
    return path.variant(variant);
  }

  private PageRange target(int mm, List<String> words, PageRange range) {
    PageRange whole = range(mm, words);
    if (whole.pages() < range.pages()) {
      throw new IllegalArgumentException("the target is smaller than what goes there");
    }
    return new PageRange(whole.firstPage(), range.pages());
  }

  private int child(List<String> words) {
    List<String> names = processes.stream().map(Process::name).toList();
    int child = words.size() == 1 ? names.indexOf(words.get(0)) : -1;
    if (child < 0) {
      throw new IllegalArgumentException(
          "'into' takes the name of a process; there are " + names);
    }
    return child;
  }

  private static boolean uses(Path path, PathStep.Primitive primitive) {
    return path.steps().stream().anyMatch(step -> step.primitive() == primitive);
  }

  PageRange range(int mm, List<String> words) {
    if (words.size() != 1 && words.size() != 3) {
      throw new IllegalArgumentException("name an area, or an area with FIRST and COUNT pages");
    }
    PageRange whole = area(mm, words.get(0)).range();
    if (words.size() == 1) {
      return whole;
    }
    long first = number(words.get(1));
    long count = number(words.get(2));
    if (count == 0 || first + count > whole.pages()) {
      throw new IllegalArgumentException(
          "pages " + first + " to " + (first + count) + " are not inside '" + words.get(0)
              + "', which has " + whole.pages());
    }
    return new PageRange(whole.firstPage() + first, count);
  }

  private static long number(String word) {
    if (!word.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("'" + word + "' is no number of pages");
    }
    return Long.parseLong(word);
  }

  private Area area(int mm, String name) {
    if (processes.isEmpty()) {
      throw new IllegalArgumentException("there is no process that could have an area");
    }
    for (Area area : processes.get(mm).areas()) {
      if (area.name().equals(name)) {
        return area;
      }
    }
    throw new IllegalArgumentException(
        "process '" + processes.get(mm).name() + "' has no area '" + name + "'");
  }

  Map<String, List<DmaJob>> dma(List<Settings> entries) {
    return new DmaReader(this, processes, devices).read(entries);
  }
}
