package dev.shootdown.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;

/** Where a configuration text lives: in a file or on the class path. */
sealed interface Place {
  /** Far above any configuration written by hand, far below what hurts. */
  int BYTES_MAX = 4 << 20;

  /** The place an include names, seen from the text that is here. */
  Place beside(String name) throws Refusal;

  /** The name shown in messages and origins. */
  String shown(Path relativeTo);

  /** The text that is here, refused unless it can be a configuration. */
  String text() throws Refusal;

  /** A file. */
  record OnDisk(Path file) implements Place {

    public OnDisk {
      file = file.toAbsolutePath().normalize();
    }

    @Override
    public Place beside(String name) throws Refusal {
      try {
        return new OnDisk(file.resolveSibling(name));
      } catch (InvalidPathException nameless) {
        throw new Refusal("is not a file's name: " + Kinds.quoted(name));
      }
    }

    @Override
    public String shown(Path relativeTo) {
      return Origins.file(file, relativeTo);
    }

    @Override
    public String text() throws Refusal {
      if (Files.isDirectory(file)) {
        throw new Refusal("is a directory; name a file in it" + some(file));
      }
      if (!Files.exists(file)) {
        throw new Refusal("no such file" + similar());
      }
      if (!Files.isRegularFile(file)) {
        throw new Refusal("is not a regular file; name a configuration file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        return decode(in);
      } catch (AccessDeniedException denied) {
        throw new Refusal("cannot be read: permission denied");
      } catch (IOException failed) {
        throw new Refusal("cannot be read: " + failed.getMessage());
      }
    }

    private String similar() {
      Path directory = file.getParent();
      return directory == null || file.getFileName() == null ? "" : Kinds.didYouMean(
          Nearest.to(file.getFileName().toString(), configurationsIn(directory)));
    }

    private static String some(Path directory) {
      return configurationsIn(directory).stream().findFirst()
          .map(name -> ", such as '" + name + "'").orElse("");
    }

    private static List<String> configurationsIn(Path directory) {
      try (Stream<Path> files = Files.list(directory)) {
        return files.map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".conf")).sorted().toList();
      } catch (IOException unlisted) {
        return List.of(); // only the hint is lost
      }
    }
  }

  /** A resource of our own class path. */
  record OnClassPath(String resource) implements Place {

    public OnClassPath {
      ArrayDeque<String> steps = new ArrayDeque<>();
      for (String step : resource.split("/")) {
        if (step.equals("..")) {
          steps.pollLast();
        } else if (!step.isEmpty() && !step.equals(".")) {
          steps.addLast(step);
        }
      }
      resource = String.join("/", steps);
    }

    @Override
    public Place beside(String name) {
      return name.startsWith("/") ? new OnClassPath(name)
          : new OnClassPath(resource.substring(0, resource.lastIndexOf('/') + 1) + name);
    }

    @Override
    public String shown(Path relativeTo) {
      return resource.equals(ConfigFiles.REFERENCE) ? resource : "classpath:" + resource;
    }

    @Override
    public String text() throws Refusal {
      URL url = OnClassPath.class.getClassLoader().getResource(resource);
      if (url == null) {
        throw new Refusal("no such resource on the class path");
      }
      return Place.read(url);
    }
  }

  /** The text of a resource. */
  static String read(URL url) throws Refusal {
    try (InputStream in = url.openStream()) {
      return decode(in);
    } catch (IOException failed) {
      throw new Refusal("cannot be read: " + failed.getMessage());
    }
  }

  private static String decode(InputStream in) throws IOException, Refusal {
    byte[] bytes = in.readNBytes(BYTES_MAX + 1);
    if (bytes.length > BYTES_MAX) {
      throw new Refusal("is larger than 4 MiB; a configuration is a text of a few KiB");
    }
    for (byte each : bytes) {
      if (each == 0) {
        throw new Refusal("is a binary file; a configuration is UTF-8 text (HOCON)");
      }
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException otherEncoding) {
      throw new Refusal("is not UTF-8; save it as UTF-8 text (HOCON)");
    }
  }
}
