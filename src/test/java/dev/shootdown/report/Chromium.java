package dev.shootdown.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven over its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of(
          "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
          "chromium-headless-shell");
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final LinkedBlockingQueue<Map<?, ?>> messages = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();
  private String session = "";
  private long requests;

  private Chromium(Process process, String address) throws Exception {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address), new Ear())
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    Object target = call("Target.createTarget", "url", "about:blank").get("targetId");
    session =
        (String)
            call("Target.attachToTarget", "targetId", target, "flatten", true).get("sessionId");
    call("Page.enable");
    call("Runtime.enable");
    call("Log.enable");
  }

  /** The browser's program, if there is one on the path. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path program, Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                program.toString(), "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
                "--user-data-dir=" + profile, "--window-size=1200,900", "about:blank")
            .redirectErrorStream(true)
            .start();
    BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        Thread drain = new Thread(() -> said.lines().forEach(more -> { }));
        drain.setDaemon(true);
        drain.start();
        return new Chromium(process, listening.group(1));
      }
    }
    throw new IOException(program + " ended before it listened");
  }

  /** Opens a file and waits until it is loaded. */
  void open(Path file) throws Exception {
    call("Page.navigate", "url", file.toUri().toString());
    while (!"Page.loadEventFired".equals(next().get("method"))) {
      // what else happens meanwhile is noted by next()
    }
  }

  /** The value of an expression in the page, as text. */
  String eval(String expression) throws Exception {
    Map<?, ?> answer =
        call("Runtime.evaluate", "expression", "String(" + expression + ")", "returnByValue", true);
    if (answer.get("exceptionDetails") != null) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return (String) ((Map<?, ?>) answer.get("result")).get("value");
  }

  /** Moves the pointer over the middle of the first element that the selector finds. */
  void point(String selector) throws Exception {
    String box =
        eval(
            "(function(){var e=document.querySelector('" + selector + "');"
                + "e.scrollIntoView({block:'center'});var b=e.getBoundingClientRect();"
                + "return Math.round(b.left+b.width/2)+' '+Math.round(b.top+b.height/2)})()");
    String[] at = box.split(" ");
    call(
        "Input.dispatchMouseEvent", "type", "mouseMoved", "x", Long.parseLong(at[0]), "y",
        Long.parseLong(at[1]));
  }

  void press(String key) throws Exception {
    call("Input.dispatchKeyEvent", "type", "keyDown", "key", key, "code", key);
    call("Input.dispatchKeyEvent", "type", "keyUp", "key", key, "code", key);
  }

  /** Errors of scripts, of the console, and of loading, so far. */
  List<String> complaints() {
    return complaints;
  }

  private Map<?, ?> call(String method, Object... parameters) throws Exception {
    Map<String, Object> request = new LinkedHashMap<>();
    long id = ++requests;
    request.put("id", id);
    request.put("method", method);
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      named.put((String) parameters[i], parameters[i + 1]);
    }
    request.put("params", named);
    if (!session.isEmpty()) {
      request.put("sessionId", session);
    }
    socket.sendText(Json.text(request), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    while (true) {
      Map<?, ?> message = next();
      if (Long.valueOf(id).equals(message.get("id"))) {
        if (message.get("error") != null) {
          throw new IOException(method + ": " + message.get("error"));
        }
        return (Map<?, ?>) message.get("result");
      }
    }
  }

  private Map<?, ?> next() throws InterruptedException, IOException {
    Map<?, ?> message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new IOException("the browser says nothing any more");
    }
    String method = String.valueOf(message.get("method"));
    String text = String.valueOf(message.get("params"));
    boolean error =
        method.equals("Runtime.exceptionThrown")
            || method.equals("Runtime.consoleAPICalled") && text.contains("type=error")
            || method.equals("Log.entryAdded") && text.contains("level=error");
    if (error) {
      complaints.add(text);
    }
    return message;
  }

  @Override
  public void close() {
    socket.abort();
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        messages.add((Map<?, ?>) JsonReader.read("DevTools", text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
