package dev.shootdown.hardware.iommu;

import dev.shootdown.hardware.iommu.PageRequestLogSpec.Overflow;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.DeviceFaultsIommuSideContract;
import java.util.List;

class PageRequestLogContractTest extends DeviceFaultsIommuSideContract {
  @Override
  protected Subject subject() {
    IommuRig rig = new IommuRig(
        CommandInterface.VTD, Specs.plain().log(DEPTH, Overflow.SILENT, 1_000).build(), 32, true);
    return new Subject() {
      @Override
      public void request(int group) {
        rig.hear(new Ats.PageRequest(1, IommuRig.PASID, 7, true, group, true));
      }

      @Override
      public void hear(DeviceFaults.ToIommu message) {
        rig.hear(message);
      }

      @Override
      public void settle() {
        rig.part.settle();
      }

      @Override
      public List<DeviceFaults.ToKernel> takeSaid() {
        return rig.part.take("faults", DeviceFaults.ToKernel.class);
      }
    };
  }
}
