package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * C12: one to three virtual machines of 64 vCPUs each on 64 physical CPUs; all threads write a page
 * and unmap it, under mmap_lock held exclusively and with a flush of all vCPUs (ebizzy -M).
 *
 * <p>What counts is how many records a second one virtual machine gets done, on average. That a
 * record takes 10 us in user mode is assumed; with 64 threads in line for the lock it hardly
 * matters.
 */
final class OvercommitCurve implements Curve {
  private static final String MACHINE = "overcommitted-host";
  private static final String FITTED_MAX = "2";
  private static final double TOLERANCE = 0.15;
  private static final int VCPUS = 64;
  private static final int RECORDS = 5;
  private static final int WARM_UP = 1;

  @Override
  public String item() {
    return "C12";
  }

  @Override
  public String title() {
    return "ebizzy against VMs of 64 vCPUs on 64 CPUs, flushes by interrupts (Li 2017)";
  }

  @Override
  public int runs() {
    return 3;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped("c12")) {
      points.add(
          new Point(
              "vanilla", published,
              recordsPerSecond(bench, MACHINE, Integer.parseInt(published.x())),
              published.x().compareTo(FITTED_MAX) <= 0, TOLERANCE));
    }
    return new Outcome(
        item(), title(), MACHINE, Outcome.Goal.eachPoint("each point within 15 %"), points,
        List.of());
  }

  /** Records a second of one of {@code vms} virtual machines. */
  static double recordsPerSecond(Workbench bench, String machine, int vms) {
    List<String> processes = new ArrayList<>();
    List<String> cpus = new ArrayList<>();
    for (int vm = 0; vm < vms; vm++) {
      List<String> areas = new ArrayList<>();
      for (int i = 0; i < VCPUS; i++) {
        areas.add(Work.area(i, 1, ",mapped=false"));
        cpus.add(
            String.format(
                Locale.ROOT,
                "{cpu=cpu%d,process=vm%d,"
                    + "do=[\"repeat %d touch a%d write; spin 10us; record a%d\"]}",
                vm * VCPUS + i, vm, RECORDS, i, i));
      }
      processes.add("{name=vm" + vm + ",home=0,areas=[" + String.join(",", areas) + "]}");
    }
    return Pace.perSecond(
            bench
                .run(
                    machine,
                    List.of(
                        "processes=[" + String.join(",", processes) + "]", Work.workload(cpus)))
                .rows("record"),
            WARM_UP)
        / vms;
  }
}
