package dev.shootdown.emulator;

import dev.shootdown.protocol.GuestDmaDeviceSideContract;

class VfioContainerContractTest extends GuestDmaDeviceSideContract {
  @Override
  protected Subject subject() {
    return GuestDevices.contractedContainer();
  }
}
