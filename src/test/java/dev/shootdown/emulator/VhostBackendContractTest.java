package dev.shootdown.emulator;

import dev.shootdown.protocol.GuestDmaDeviceSideContract;

class VhostBackendContractTest extends GuestDmaDeviceSideContract {
  @Override
  protected Subject subject() {
    return GuestDevices.contractedBackend();
  }
}
