package dev.shootdown.report;

import java.util.List;
import java.util.Locale;

/** Pieces of HTML and SVG; every text that goes in is made harmless here. */
final class Html {
  private Html() {}

  /** As text or as the value of an attribute in double quotes. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** Text that stands in a script element: it cannot end the element. */
  static String inScript(String text) {
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
  }

  /** A coordinate: two digits behind the point are finer than any screen. */
  static String xy(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    String cut = text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    return cut.equals("-0") ? "0" : cut;
  }

  /** A table under its caption; numbers to the right. */
  static String table(ReportTable table) {
    StringBuilder out = new StringBuilder();
    boolean[] numeric = TableWriter.numeric(table);
    out.append("<div class=\"scroll\"><table id=\"table-").append(escape(table.name()))
        .append("\"><caption>").append(escape(table.caption())).append("</caption>\n<thead><tr>");
    for (int i = 0; i < numeric.length; i++) {
      out.append("<th scope=\"col\"").append(numeric[i] ? " class=\"n\"" : "").append('>')
          .append(escape(table.header().get(i))).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      out.append("<tr>");
      for (int i = 0; i < numeric.length; i++) {
        String element = i == 0 ? "th" : "td";
        out.append('<').append(element).append(i == 0 ? " scope=\"row\"" : "")
            .append(numeric[i] ? " class=\"n\"" : "").append('>').append(escape(row.get(i)))
            .append("</").append(element).append('>');
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody></table></div>\n").toString();
  }

  /** What is opened on demand, and always shown in print. */
  static String details(String summary, String content) {
    return "<details><summary>" + escape(summary) + "</summary>\n" + content + "</details>\n";
  }

  static String paragraph(String text) {
    return "<p>" + escape(text) + "</p>\n";
  }
}
