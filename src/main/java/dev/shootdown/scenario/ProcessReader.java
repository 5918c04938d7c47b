package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.config.Settings;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.AreaName;
import dev.shootdown.scenario.Scenario.DeviceKind;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.Home;
import dev.shootdown.scenario.Scenario.PageState;
import dev.shootdown.scenario.Scenario.Pages;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reads files and processes with their areas. */
final class ProcessReader {
  private final Settings root;
  private final Names names;
  private final List<DevicePart> devices;

  ProcessReader(Settings root, Names names, List<DevicePart> devices) {
    this.root = root;
    this.names = names;
    this.devices = devices;
  }

  List<Home> files() {
    List<Home> files = new ArrayList<>();
    TreeSet<String> seen = new TreeSet<>();
    for (Settings at : root.children("files")) {
      String name = Named.read(at);
      if (!seen.add(name)) {
        at.problem("name", "two files are named '" + name + "'");
      }
      files.add(new Home(name, at.countOr("home", 0, 63, 0)));
      at.finish();
    }
    return files;
  }

  List<Process> processes(List<Home> files) {
    List<Process> processes = new ArrayList<>();
    TreeSet<String> seen = new TreeSet<>();
    for (Settings at : root.children("processes")) {
      String name = Named.read(at);
      if (!seen.add(name) || names.parts().contains(name)) {
        at.problem("name", "two things are named '" + name + "'");
      }
      List<Integer> bound = new ArrayList<>();
      for (String device : at.textsOr("devices", List.of())) {
        int number = names.device(at, "devices", device);
        if (bound.contains(number) && devices.size() > number
            && devices.get(number).name().equals(device)) {
          at.problem("devices", "'" + device + "' is named twice; once is enough");
        }
        bound.add(number);
      }
      bound.forEach(device -> refuseTooMany(at, device, processes));
      int socket = at.countOr("home", 0, 63, 0);
      List<Area> areas = new ArrayList<>();
      for (Settings area : at.children("areas")) {
        area(area, files, processes, areas);
      }
      Optional<String> pasid =
          at.has("pasid") ? Optional.of(at.text("pasid")) : Optional.empty();
      if (pasid.isPresent() && bound.isEmpty()) {
        at.problem("pasid", "a process without devices needs no PASID; name its devices");
      }
      at.finish();
      processes.add(new Process(name, socket, bound, areas, pasid));
    }
    if (processes.isEmpty()) {
      root.problem("processes", "a scenario needs at least one process");
    }
    return processes;
  }

  /** A device tells address spaces apart by PASIDs, of which it may have few. */
  private void refuseTooMany(Settings at, int device, List<Process> before) {
    boolean known = device < devices.size();
    if (known && devices.get(device).kind() instanceof DeviceKind.Ats ats) {
      long spaces = 1 + before.stream().filter(p -> p.devices().contains(device)).count();
      ats.spec().refusal(Math.toIntExact(spaces)).ifPresent(
          why -> at.problem("devices", "'" + devices.get(device).name() + "': " + why));
    }
  }

  private void area(
      Settings at, List<Home> files, List<Process> before, List<Area> areas) {
    String name = at.text("name");
    long address = at.address("at");
    int pages = at.count("pages", 1, 1 << 22);
    boolean reserved = at.flagOr("reserved", false);
    int file = at.has("file") ? file(at, files) : -1;
    PageRange range = new PageRange(address >>> 12, pages);
    Pages content = pages(at, range, reserved, before, areas);
    long filePage = at.countOr("file-page", 0, 1 << 30, 0);
    boolean shared = at.flagOr("shared", file >= 0);
    if ((address & 0xfff) != 0) {
      at.problem("at", "an area starts at a page, so its address ends in 000");
    }
    if (shared && file < 0) {
      at.problem("shared", "only a file's pages can be shared; name the file, or leave this out");
    }
    for (Area other : areas) {
      if (other.name().equals(name)) {
        at.problem("name", "two areas are named '" + name + "'");
      } else if (other.range().overlaps(range)) {
        at.problem("at", "the area overlaps '" + other.name() + "' (" + other.range() + ")");
      }
    }
    at.finish();
    areas.add(new Area(name, range, reserved, content, file, filePage, shared));
  }

  private static int file(Settings at, List<Home> files) {
    String wanted = at.text("file");
    int file = files.stream().map(Home::name).toList().indexOf(wanted);
    if (file < 0) {
      at.problem("file", "there is no file '" + wanted + "'");
    }
    return file;
  }

  private Pages pages(
      Settings at, PageRange range, boolean reserved, List<Process> before, List<Area> areas) {
    boolean mapped = at.flagOr("mapped", !reserved);
    if (reserved && mapped) {
      at.problem("mapped", "a reserved address has no pages; leave one of the two out");
    }
    boolean writable = at.flagOr("writable", true);
    boolean dirty = at.flagOr("dirty", writable);
    boolean huge = at.flagOr("huge", false);
    if (huge && (range.pages() % 512 != 0 || range.firstPage() % 512 != 0)) {
      at.problem("huge", "2 MiB pages need an address and a number of pages in multiples of 512");
    }
    PageState state = at.choiceOr("state", PageState.class, PageState.PLAIN);
    if (state == PageState.HUGETLB && (!huge || at.has("file"))) {
      at.problem("state", "hugetlb pages need 'huge = true'; those of a file are not modelled");
    }
    Optional<AreaName> sameAs =
        at.has("same-as") ? sameAs(at, range, before, areas) : Optional.empty();
    int node = at.countOr("node", 0, 63, -1);
    if (node >= 0 && (!mapped || sameAs.isPresent())) {
      at.problem("node", "only pages that are mapped, and are no other area's, have a node here");
    }
    return new Pages(mapped, writable, dirty, huge, state, sameAs, node);
  }

  /** Another area, of this process or of one before it: {@code PROCESS.AREA}. */
  private static Optional<AreaName> sameAs(
      Settings at, PageRange range, List<Process> before, List<Area> areas) {
    String wanted = at.text("same-as");
    List<List<Area>> all = new ArrayList<>();
    List<String> names = new ArrayList<>();
    before.forEach(process -> all.add(process.areas()));
    before.forEach(process -> names.add(process.name()));
    all.add(areas);
    names.add("");
    for (int mm = 0; mm < all.size(); mm++) {
      for (int i = 0; i < all.get(mm).size(); i++) {
        Area other = all.get(mm).get(i);
        String own = names.get(mm).isEmpty() ? "" : names.get(mm) + ".";
        if (wanted.equals(own + other.name())) {
          if (!other.pages().mapped() || other.range().pages() < range.pages()
              || other.pages().huge()) {
            at.problem("same-as", "'" + wanted + "' has no such many 4 KiB pages to share");
            return Optional.empty();
          }
          return Optional.of(new AreaName(mm, i));
        }
      }
    }
    at.problem(
        "same-as",
        "there is no area '" + wanted + "' before this one; write PROCESS.AREA, or AREA of the"
            + " same process");
    return Optional.empty();
  }
}
