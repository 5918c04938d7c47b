package house;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that must not be written, and what to write in its place.
 *
 * @param code what is looked for, in code without comments and literals
 * @param where the rooms in which it is banned
 * @param instead the replacement
 */
record Ban(Pattern code, Predicate<String> where, String instead) {
  private static final List<String> MODELS =
      List.of(
          "hardware", "kernel", "check", "interconnect", "translation", "protocol", "trace");

  static final Predicate<String> ANYWHERE = room -> true;
  static final Predicate<String> OUTSIDE_CLI = room -> !isIn(room, "cli");

  /** Parts, judges and what they are made of: all whose behaviour is a result. */
  static final Predicate<String> IN_MODELS =
      room -> MODELS.stream().anyMatch(model -> isIn(room, model));

  private static boolean isIn(String room, String ancestor) {
    return room.equals(ancestor) || room.startsWith(ancestor + ".");
  }

  static Ban of(String regex, Predicate<String> where, String instead) {
    return new Ban(Pattern.compile(regex), where, instead);
  }

  static final List<Ban> ALL =
      List.of(
          of("\\bSystem\\s*\\.\\s*nanoTime\\b", OUTSIDE_CLI,
              "Ctx.nowPs() in a part, a clock as an argument elsewhere"),
          of("\\bSystem\\s*\\.\\s*currentTimeMillis\\b", ANYWHERE,
              "Ctx.nowPs() in a part, a clock as an argument elsewhere"),
          of("\\bnew\\s+Random\\s*\\(", ANYWHERE, "Ctx.dice(), or Dice.of(seed, name)"),
          of("\\bMath\\s*\\.\\s*random\\b", ANYWHERE, "Ctx.dice(), or Dice.of(seed, name)"),
          of("\\bThreadLocalRandom\\b", ANYWHERE, "Ctx.dice(), or Dice.of(seed, name)"),
          of("\\bThread\\s*\\.\\s*sleep\\b", ANYWHERE, "Ctx.after() in a part, a latch elsewhere"),
          of("\\bSystem\\s*\\.\\s*(out|err)\\b", OUTSIDE_CLI,
              "a PrintWriter or Consumer<String> given by cli"),
          of("\\b(HashMap|IdentityHashMap|WeakHashMap|ConcurrentHashMap)\\b", IN_MODELS,
              "TreeMap or LinkedHashMap: a hash order would reach a result"),
          of("\\bHashSet\\b", IN_MODELS,
              "TreeSet or LinkedHashSet: a hash order would reach a result"),
          of("\\bMap\\s*\\.\\s*(of|ofEntries|copyOf)\\s*\\(", IN_MODELS,
              "TreeMap or LinkedHashMap: the order of Map.of differs from run to run"),
          of("\\bSet\\s*\\.\\s*(of|copyOf)\\s*\\(", IN_MODELS,
              "List.of, EnumSet or TreeSet: the order of Set.of differs from run to run"),
          of("\\b(toSet|toUnmodifiableSet|toUnmodifiableMap)\\s*\\(", IN_MODELS,
              "toCollection(TreeSet::new), or toMap with TreeMap::new"),
          of("\\bgroupingBy\\w*\\s*\\(", IN_MODELS, "a loop over a TreeMap"),
          of("\\bMath\\s*\\.\\s*(log|log10|log1p|exp|expm1|pow|sin|cos|tan)\\s*\\(", IN_MODELS,
              "StrictMath, or integer arithmetic: Math may differ between JDKs and CPUs"),
          of("\\bnext(Gaussian|Exponential)\\s*\\(", IN_MODELS, "Dice.exponentialPs()"),
          of("\\bscheduleOnce\\b", IN_MODELS, "Ctx.after()"),
          of("\\b(startTimer\\w*|startSingleTimer|withTimers|setReceiveTimeout)\\b", IN_MODELS,
              "Ctx.after()"),
          of("\\bpipeToSelf\\b", IN_MODELS, "Ctx.send() and a reply through a port"),
          of("\\.\\s*ask\\s*\\(|\\bAskPattern\\b", IN_MODELS,
              "Ctx.send() and a reply through a port"),
          of("\\bReceptionist\\b", IN_MODELS, "a port that the blueprint connects"),
          of("\\b(getContext\\s*\\(\\s*\\)|context)\\s*\\.\\s*spawn\\w*\\s*\\(", IN_MODELS,
              "a component declared in the blueprint, dormant until it is needed"));

  /** Where {@code file} breaks this rule, as lines for a person. */
  List<String> brokenIn(JavaText file) {
    List<String> found = new ArrayList<>();
    if (!where.test(file.room())) {
      return found;
    }
    String text = file.code();
    Matcher matcher = code.matcher(text);
    while (matcher.find()) {
      long line = text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count() + 1;
      found.add(
          file.path() + ":" + line + ": '" + matcher.group().strip() + "' is banned in "
              + file.room() + "; use " + instead);
    }
    return found;
  }
}
