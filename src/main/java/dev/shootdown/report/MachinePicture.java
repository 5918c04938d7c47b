package dev.shootdown.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The machine of {@code machine.json} as SVG: a panel per socket, parts in rows by type, and a line
 * from a device to the IOMMU that it is behind. A type is told by shape and word, not by colour
 * alone.
 */
final class MachinePicture {
  private static final double BOX_WIDTH = 84;
  private static final double BOX_HEIGHT = 34;
  private static final double GAP = 12;
  private static final double HEAD = 26;
  private static final int PER_ROW = 4;
  private static final List<String> ORDER =
      List.of("cpu", "memory", "iommu", "ats-device");

  private record Part(String name, String type, long socket, String behind) {}

  private record Place(double x, double y) {}

  private final List<Part> parts = new ArrayList<>();
  private final Map<String, Long> facts;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final StringBuilder boxes = new StringBuilder();

  private MachinePicture(Node machine, Map<String, Long> facts) {
    this.facts = facts;
    for (Node part : machine.objects("parts")) {
      parts.add(
          new Part(
              part.text("name"), part.text("type"), part.number("socket"),
              part.optionalText("behind").orElse("")));
    }
  }

  /**
   * The picture.
   *
   * @param facts how many facts each component stated; empty if that isn't known
   */
  static String svg(Node machine, Map<String, Long> facts) {
    return new MachinePicture(machine, facts).draw();
  }

  private String draw() {
    SortedMap<Long, List<Part>> sockets = new TreeMap<>();
    parts.forEach(
        part -> sockets.computeIfAbsent(part.socket(), socket -> new ArrayList<>()).add(part));
    double panel = PER_ROW * (BOX_WIDTH + GAP) + GAP;
    double tall = 0;
    int index = 0;
    StringBuilder panels = new StringBuilder();
    for (Map.Entry<Long, List<Part>> socket : sockets.entrySet()) {
      double left = 4 + (index % 2) * (panel + 2 * GAP);
      double top = 4 + (index / 2) * (tall + 2 * GAP);
      double height = place(socket.getValue(), left, top);
      if (index % 2 == 0) {
        tall = height;
      }
      tall = Math.max(tall, height);
      panels.append("<rect class=\"socket\" x=\"").append(Html.xy(left)).append("\" y=\"")
          .append(Html.xy(top)).append("\" width=\"").append(Html.xy(panel))
          .append("\" height=\"").append(Html.xy(height)).append("\" rx=\"6\"/>\n");
      Plot.text(panels, left + GAP, top + 17, "start", "socket " + socket.getKey());
      index++;
    }
    double width = Math.min(2, Math.max(1, sockets.size())) * (panel + 2 * GAP) - 2 * GAP + 8;
    double height = ((index + 1) / 2) * (tall + 2 * GAP) + 8;
    return "<figure><svg class=\"plot\" viewBox=\"0 0 " + Html.xy(width) + " " + Html.xy(height)
        + "\" style=\"max-width:" + Html.xy(width * 1.15)
        + "px\" role=\"group\" aria-label=\"The machine\">\n" + panels + lines() + boxes
        + "</svg>\n<figcaption>The machine: rounded boxes compute, boxes with a double edge"
        + " translate, boxes with cut corners are devices, plain boxes hold what the kernel"
        + " shares. A line joins a device to its IOMMU.</figcaption></figure>\n";
  }

  /** Sets the boxes of one socket and returns the panel's height. */
  private double place(List<Part> ofSocket, double left, double top) {
    SortedMap<Integer, List<Part>> rows = new TreeMap<>();
    for (Part part : ofSocket) {
      int rank = ORDER.indexOf(part.type());
      rows.computeIfAbsent(rank < 0 ? ORDER.size() : rank, row -> new ArrayList<>()).add(part);
    }
    double y = top + HEAD;
    for (List<Part> row : rows.values()) {
      for (int i = 0; i < row.size(); i++) {
        double x = left + GAP + (i % PER_ROW) * (BOX_WIDTH + GAP);
        if (i > 0 && i % PER_ROW == 0) {
          y += BOX_HEIGHT + GAP;
        }
        places.put(row.get(i).name(), new Place(x, y));
        box(row.get(i), x, y);
      }
      y += BOX_HEIGHT + GAP + 8;
    }
    return y - top;
  }

  private void box(Part part, double x, double y) {
    String tip =
        part.name() + ": " + part.type() + " on socket " + part.socket()
            + (part.behind().isEmpty() ? "" : ", behind " + part.behind())
            + (facts.isEmpty()
                ? "" : ", stated " + facts.getOrDefault(part.name(), 0L) + " facts");
    boxes.append("<g").append(Plot.mark(tip, places.size() == 1)).append('>');
    boxes.append(shape(part.type(), x, y)).append("</g>\n");
    double middle = x + BOX_WIDTH / 2;
    Plot.text(boxes, middle, y + 15, "middle", cut(part.name()));
    boxes.append("<text class=\"small\" x=\"").append(Html.xy(middle)).append("\" y=\"")
        .append(Html.xy(y + 28)).append("\" text-anchor=\"middle\">")
        .append(Html.escape(part.type())).append("</text>\n");
  }

  private static String shape(String type, double x, double y) {
    String rect =
        "<rect x=\"" + Html.xy(x) + "\" y=\"" + Html.xy(y) + "\" width=\"" + Html.xy(BOX_WIDTH)
            + "\" height=\"" + Html.xy(BOX_HEIGHT) + "\"";
    return switch (type) {
      case "cpu", "vcpu" -> rect + " rx=\"9\" class=\"box cpu\"/>";
      case "iommu" ->
          rect + " class=\"box iommu\"/><rect x=\"" + Html.xy(x + 3) + "\" y=\"" + Html.xy(y + 3)
              + "\" width=\"" + Html.xy(BOX_WIDTH - 6) + "\" height=\"" + Html.xy(BOX_HEIGHT - 6)
              + "\" class=\"edge\"/>";
      case "memory" -> rect + " class=\"box memory\" stroke-dasharray=\"6 2\"/>";
      case "address-space", "page-table", "frame-table", "rmap" ->
          rect + " class=\"box kernel\"/>";
      default ->
          "<path d=\"M" + Html.xy(x + 8) + " " + Html.xy(y) + "h" + Html.xy(BOX_WIDTH - 16)
              + "l8 8v" + Html.xy(BOX_HEIGHT - 16) + "l-8 8h-" + Html.xy(BOX_WIDTH - 16)
              + "l-8 -8v-" + Html.xy(BOX_HEIGHT - 16) + "z\" class=\"box device\"/>";
    };
  }

  private String lines() {
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      Place to = places.get(part.behind());
      if (to != null) {
        Place from = places.get(part.name());
        out.append("<path class=\"wire\" d=\"M").append(Html.xy(from.x() + BOX_WIDTH / 2))
            .append(' ').append(Html.xy(from.y())).append('L')
            .append(Html.xy(to.x() + BOX_WIDTH / 2)).append(' ')
            .append(Html.xy(to.y() + BOX_HEIGHT)).append("\"/>\n");
      }
    }
    return out.toString();
  }

  private static String cut(String name) {
    return name.length() <= 12 ? name : name.substring(0, 11) + "…";
  }
}
