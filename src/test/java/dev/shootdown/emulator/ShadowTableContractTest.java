package dev.shootdown.emulator;

import dev.shootdown.protocol.GuestDmaDeviceSideContract;

class ShadowTableContractTest extends GuestDmaDeviceSideContract {
  @Override
  protected Subject subject() {
    return GuestDevices.contractedShadow();
  }
}
