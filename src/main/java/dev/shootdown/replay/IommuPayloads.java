package dev.shootdown.replay;

import java.util.NoSuchElementException;
import java.util.OptionalLong;

/** Payloads of the IOMMU's events. */
final class IommuPayloads {
  private IommuPayloads() {}

  /**
   * The typed event, or null for one that the product has no use for.
   *
   * @throws NoSuchElementException when the payload lacks what the event needs
   */
  static IommuEvent event(String name, String payload, Fields fields) {
    return switch (name) {
      case "qi_submit" -> qiSubmit(payload);
      case "prq_report" -> pageRequest(payload, fields);
      case "cache_tag_flush_range", "cache_tag_flush_range_np" -> flushRange(payload, fields);
      case "cache_tag_flush_all" -> flushAll(payload, fields);
      case "cache_tag_assign" -> tag(payload, fields, true);
      case "cache_tag_unassign" -> tag(payload, fields, false);
      case "map" -> isIova(payload) ? map(payload, fields) : null;
      case "unmap" -> isIova(payload) ? unmap(payload, fields) : null;
      case "io_page_fault" -> fault(payload, fields);
      default -> null;
    };
  }

  /** {@code iotlb_inv dmar0: 0x.. 0x.. 0x.. 0x..}. */
  private static IommuEvent qiSubmit(String payload) {
    String[] words = payload.split(" +", 5);
    if (words.length < 4 || !words[1].endsWith(":")) {
      throw new NoSuchElementException("two words of a descriptor");
    }
    return new IommuEvent.QiSubmit(words[1].substring(0, words[1].length() - 1),
        QiDescriptor.of(hex(words[2]), hex(words[3])));
  }

  /** {@code dmar0/0000:00:02.0 seq# 1: rid=0x10 addr=0x7f3b2 r---l pasid=0x1 index=0x0}. */
  private static IommuEvent pageRequest(String payload, Fields fields) {
    String place = firstWord(payload);
    int slash = place.indexOf('/');
    if (slash < 0) {
      throw new NoSuchElementException("IOMMU and device");
    }
    OptionalLong pasid = fields.hex("pasid");
    return new IommuEvent.PageRequest(
        place.substring(0, slash), place.substring(slash + 1),
        Payloads.small(fields.hex("rid")), fields.hex("addr").orElseThrow(),
        pasid.orElse(-1), flags(payload).endsWith("l"));
  }

  /** The word of five letters and dashes behind the address. */
  private static String flags(String payload) {
    String[] words = payload.split(" +");
    for (int at = 1; at < words.length; at++) {
      if (words[at - 1].startsWith("addr=")) {
        return words[at];
      }
    }
    throw new NoSuchElementException("flags");
  }

  /** {@code dmar0 0000:00:02.0[1] type devtlb did 3 [0x..-0x..] addr 0x.. pages 0x.. mask 0x..}. */
  private static IommuEvent flushRange(String payload, Fields fields) {
    int open = payload.indexOf("[0x");
    int dash = payload.indexOf('-', open);
    int close = payload.indexOf(']', dash);
    if (open < 0 || dash < 0 || close < 0) {
      throw new NoSuchElementException("range");
    }
    return new IommuEvent.CacheTagFlush(
        device(payload), type(fields), domain(fields), hex(payload.substring(open + 1, dash)),
        hex(payload.substring(dash + 1, close)),
        Fields.parse(fields.wordAfter("pages"), false).orElseThrow());
  }

  private static IommuEvent flushAll(String payload, Fields fields) {
    return new IommuEvent.CacheTagFlush(
        device(payload), type(fields), domain(fields), 0, -1, -1);
  }

  private static IommuEvent tag(String payload, Fields fields, boolean assigned) {
    return new IommuEvent.CacheTag(device(payload), type(fields), domain(fields), assigned);
  }

  /** What stands before the type: {@code IOMMU/DEVICE} or {@code IOMMU DEVICE[PASID]}. */
  private static String device(String payload) {
    int type = payload.indexOf(" type ");
    if (type < 0) {
      throw new NoSuchElementException("type");
    }
    return payload.substring(0, type);
  }

  private static String type(Fields fields) {
    String type = fields.wordAfter("type");
    if (type == null) {
      throw new NoSuchElementException("type");
    }
    return type;
  }

  private static int domain(Fields fields) {
    return Payloads.small(Fields.parse(fields.wordAfter("did"), false));
  }

  private static boolean isIova(String payload) {
    return payload.startsWith("IOMMU:") && payload.contains("iova=");
  }

  /** {@code IOMMU: iova=0x.. - 0x.. paddr=0x.. size=N}; early kernels printed no end. */
  private static IommuEvent map(String payload, Fields fields) {
    long iova = fields.hex("iova").orElseThrow();
    return new IommuEvent.Map(iova, end(payload, iova, fields), fields.hex("paddr").orElseThrow());
  }

  private static IommuEvent unmap(String payload, Fields fields) {
    long iova = fields.hex("iova").orElseThrow();
    return new IommuEvent.Unmap(iova, end(payload, iova, fields),
        fields.number("unmapped_size").orElseThrow());
  }

  private static long end(String payload, long iova, Fields fields) {
    int dash = payload.indexOf(" - ");
    return dash < 0
        ? iova + fields.number("size").orElseThrow()
        : hex(firstWord(payload.substring(dash + " - ".length())));
  }

  /** {@code IOMMU:DRIVER DEVICE iova=0x.. flags=0x..}. */
  private static IommuEvent fault(String payload, Fields fields) {
    int iova = payload.indexOf(" iova=");
    if (iova < 0) {
      throw new NoSuchElementException("iova");
    }
    String place = payload.substring(0, iova);
    return new IommuEvent.IoPageFault(place.substring(place.lastIndexOf(' ') + 1),
        fields.hex("iova").orElseThrow(), fields.hex("flags").orElseThrow());
  }

  private static String firstWord(String text) {
    int end = text.indexOf(' ');
    return end < 0 ? text : text.substring(0, end);
  }

  private static long hex(String word) {
    String digits = word.startsWith("0x") ? word.substring(2) : word;
    return Fields.parse(digits, true).orElseThrow();
  }
}
