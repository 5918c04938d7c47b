package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.arch.X86Rules;
import dev.shootdown.kernel.iommu.VtdDriver;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.function.Function;

/** Runs paths on CPU 1 with x86's rules and one bound device, without a CPU. */
final class PathRig {
  static final int MM = 0;
  static final KernelMap MAP = new KernelMap(2, 1);
  static final Costs COSTS = new Costs(100, 700, 200, 500, 900, 500, 501, 30, 250, 60, 200_000);

  /** A path's range: 2 MiB groups start at multiples of 512. */
  static final long FIRST_PAGE = 512 * 100;

  private final Era era;
  private Function<KernelCall.Request, KernelCall.Result> kernel =
      request -> ProgramHarness.answer(
          request, new KernelCall.FlushTargets(2, List.of(0, 1, 3), List.of(2)));

  PathRig(Era era) {
    this.era = era;
  }

  PathRig withKernel(Function<KernelCall.Request, KernelCall.Result> answers) {
    Function<KernelCall.Request, KernelCall.Result> rest = kernel;
    kernel = request -> {
      KernelCall.Result result = answers.apply(request);
      return result == null ? rest.apply(request) : result;
    };
    return this;
  }

  /** The paths of this test: what ships may know more steps. */
  private static final List<Path> PATHS = List.of(
      Trip.path("munmap", "spend syscall", "mmap-w-lock", "spend unmap", "areas-remove",
          "gather-begin", "n-start", "for-group", "spend zap", "pte-clear", "end-group",
          "B: sec-inv range", "n-end", "gather-check", "commit", "B: sec-inv gathered",
          "page-free", "gather-end", "mmap-w-unlock"),
      Trip.path("dontneed", "spend syscall", "mmap-r-lock", "gather-begin", "n-start",
          "for-group", "spend zap", "pte-clear", "end-group", "B: sec-inv range", "n-end",
          "gather-check", "commit", "B: sec-inv gathered", "page-free", "gather-end",
          "mmap-r-unlock"),
      Trip.path("mprotect", "spend syscall", "mmap-w-lock", "spend protect", "areas-protect",
          "gather-begin", "n-start", "for-group", "pte-protect", "end-group",
          "B: sec-inv range", "n-end", "gather-check", "commit", "B: sec-inv gathered",
          "gather-end", "mmap-w-unlock"),
      Trip.path("mremap", "spend syscall", "mmap-w-lock", "spend move", "n-start", "for-group",
          "pte-move keep-lock", "cpu-flush changed-with-tables", "ptl-unlock", "end-group",
          "spend move", "B: sec-inv range", "n-end", "areas-move", "mmap-w-unlock"),
      Trip.path("truncate", "spend syscall", "rmap-lock", "spend truncate", "gather-begin",
          "n-start", "for-group", "spend zap", "pte-clear", "end-group", "B: sec-inv range",
          "n-end", "gather-check", "commit", "B: sec-inv gathered", "page-free", "gather-end",
          "rmap-unlock"));

  static Path path(String name) {
    return PATHS.stream().filter(path -> path.name().equals(name)).findFirst().orElseThrow();
  }

  List<Program.Step> run(String name, PageRange range) {
    return run(path(name), range);
  }

  List<Program.Step> run(Path path, PageRange range) {
    VtdDriver driver = new VtdDriver(100, 18);
    driver.bind(MM, new VtdDriver.Bound(0, 0));
    X86Rules rules = new X86Rules(1, MAP, 33, era, driver::flush);
    PageRange to = new PageRange(range.firstPage() + 512 * 1000, range.pages());
    PathJob job = new PathJob(path, MM, range, to, path.name().equals("truncate") ? 0 : -1, -1);
    return ProgramHarness.run(new PathProgram(job, era, MAP, rules, COSTS), kernel);
  }

  static List<MachineFact.FlushBegan> secondary(List<Program.Step> steps) {
    return ProgramHarness.flushes(steps, MachineFact.Audience.SECONDARY);
  }

  static List<MachineFact.FlushBegan> cpu(List<Program.Step> steps) {
    return ProgramHarness.flushes(steps, MachineFact.Audience.CPU);
  }
}
