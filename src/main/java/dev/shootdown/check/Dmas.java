package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The DMA under way, found by transfer and by frame. */
final class Dmas {
  private record Transfer(Agent holder, long number) {}

  /** A DMA that goes on, and the entry through which it went, null if that was not seen. */
  record Dma(Agent holder, MachineFact.Used used, Holding through) {}

  private final Map<Transfer, Dma> byTransfer = new LinkedHashMap<>();
  private final Map<Long, List<Dma>> byFrame = new LinkedHashMap<>();

  /** It began; a transfer that begins again is another one. */
  void began(Dma dma) {
    drained(dma.holder(), dma.used().transfer());
    byTransfer.put(new Transfer(dma.holder(), dma.used().transfer()), dma);
    byFrame.computeIfAbsent(dma.used().pfn(), pfn -> new ArrayList<>(2)).add(dma);
  }

  void drained(Agent holder, long transfer) {
    Dma dma = byTransfer.remove(new Transfer(holder, transfer));
    if (dma != null) {
      List<Dma> others = byFrame.get(dma.used().pfn());
      others.remove(dma);
      if (others.isEmpty()) {
        byFrame.remove(dma.used().pfn());
      }
    }
  }

  /** All of that holder are over. */
  void gone(Agent holder) {
    byTransfer.keySet().stream()
        .filter(transfer -> transfer.holder() == holder)
        .toList()
        .forEach(transfer -> drained(holder, transfer.number()));
  }

  /** Those to that frame, in the order in which they began. */
  List<Dma> to(long pfn) {
    return byFrame.getOrDefault(pfn, List.of());
  }

  /** Those that write to that frame. */
  List<Dma> writing(long pfn) {
    List<Dma> all = to(pfn);
    if (all.isEmpty()) {
      return all;
    }
    List<Dma> writing = new ArrayList<>(all);
    writing.removeIf(dma -> !dma.used().write());
    return writing;
  }

  /** Visits all, in the order in which they began. */
  void forEach(Consumer<Dma> visitor) {
    byTransfer.values().forEach(visitor);
  }

  int size() {
    return byTransfer.size();
  }
}
