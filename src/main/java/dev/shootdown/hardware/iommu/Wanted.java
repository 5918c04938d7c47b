package dev.shootdown.hardware.iommu;

import dev.shootdown.protocol.Ats;

/**
 * A translation that is wanted.
 *
 * @param tag the device's, or the number of untranslated DMA at this IOMMU
 * @param dma whether it is for untranslated DMA; else a device asks for it
 */
record Wanted(int device, long tag, int pasid, long page, boolean write, boolean dma) {
  static Wanted by(Ats.TranslationRequest request) {
    return new Wanted(request.device(), request.tag(), request.pasid(), request.page(),
        request.forWrite(), false);
  }
}
