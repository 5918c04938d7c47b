package dev.shootdown.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One HTML file that needs nothing else: style and script stand inside, nothing is fetched. */
final class Page {
  private final String title;
  private final StringBuilder contents = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private final StringBuilder script = new StringBuilder(resource("page.js"));

  Page(String title) {
    this.title = title;
  }

  /** What stands above all sections, already HTML. */
  Page head(String html) {
    body.append(html);
    return this;
  }

  /** A section that the contents name; left out if there is nothing in it. */
  Page section(String id, String heading, String html) {
    if (!html.isBlank()) {
      contents.append("<li><a href=\"#").append(id).append("\">").append(Html.escape(heading))
          .append("</a></li>");
      body.append("<section id=\"").append(id).append("\"><h2>").append(Html.escape(heading))
          .append("</h2>\n").append(html).append("</section>\n");
    }
    return this;
  }

  /** A script of the program's own, to run at the end. */
  Page script(String name) {
    script.append(resource(name));
    return this;
  }

  /** The whole file. */
  String html() {
    return resource("page.html")
        .replace("{{title}}", Html.escape(title))
        .replace("{{style}}", resource("page.css"))
        .replace("{{script}}", script)
        .replace("{{definitions}}", Palette.definitions())
        .replace("{{contents}}", contents)
        .replace("{{body}}", body);
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream("/report/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the program was packed without report/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the program's own files cannot be read", e);
    }
  }
}
