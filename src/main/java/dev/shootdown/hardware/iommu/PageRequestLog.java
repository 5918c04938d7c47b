package dev.shootdown.hardware.iommu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.trace.MachineFact;

/**
 * The log of page requests: a record occupies a slot from its request's arrival until software has
 * taken it. What finds no slot is lost, and so is all after it until software clears the overflow.
 *
 * <p>One without slots fails each request, after which the device asks no more: so does a queue
 * that is off, and so does Linux for an SMMUv3. What its driver names PRI_RESP_DENY is code 0 of
 * CMD_PRI_RESP, which patches for the same driver name CMDQ_PRI_1_RESP_FAILURE, beside 1 for an
 * invalid request and 2 for success.
 */
final class PageRequestLog {
  private final PageRequestLogSpec spec;
  private final int iommu;
  private final Ctx<Iommu.Command> ctx;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<DeviceFaults.ToKernel> kernel;
  private int used;
  private int unwritten;
  private boolean overflowed;

  PageRequestLog(PageRequestLogSpec spec, int iommu, Ctx<Iommu.Command> ctx) {
    this.spec = spec;
    this.iommu = iommu;
    this.ctx = ctx;
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.kernel = ctx.ports("faults", DeviceFaults.ToKernel.class);
  }

  /** Whether all records so far can be read. */
  boolean isWritten() {
    return unwritten == 0;
  }

  void on(Ats.PageRequest request) {
    if (spec.depth() == 0 || kernel.size() == 0) {
      answer(request, Ats.RESPONSE_FAILURE);
      return;
    }
    if (!overflowed && used == spec.depth()) {
      overflowed = true;
      ctx.send(kernel.at(0), new DeviceFaults.Overflowed(iommu));
    }
    if (overflowed) {
      if (spec.overflow() == PageRequestLogSpec.Overflow.SUCCESS) {
        answer(request, Ats.SUCCESS);
      }
      return;
    }
    used++;
    unwritten++;
    occupied();
    ctx.after(spec.writePs(), new Iommu.Logged(request));
  }

  /** The record can be read. */
  void written(Ats.PageRequest request) {
    unwritten--;
    ctx.send(kernel.at(0), new DeviceFaults.Raised(iommu, request.device(), request.pasid(),
        request.page(), request.write(), request.group(), request.last(), false));
  }

  void on(DeviceFaults.Taken taken) {
    if (taken.records() > used) {
      ctx.mark(new MachineFact.ProtocolBreach(
          "software took more page requests than were written"));
      return;
    }
    used -= taken.records();
    occupied();
  }

  void on(DeviceFaults.OverflowCleared cleared) {
    overflowed = false;
  }

  /** Only the last request of a group is ever answered. */
  private void answer(Ats.PageRequest request, int code) {
    if (request.last()) {
      ctx.send(devices.at(request.device()),
          new Ats.PrgResponse(request.pasid(), request.group(), code));
    }
  }

  private void occupied() {
    ctx.mark(new MachineFact.Occupied("page-request-log", used, spec.depth()));
  }
}
