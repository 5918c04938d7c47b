package dev.shootdown.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A machine whose parts do what they remember: words that they hoard and give away later, code that
 * they put off, links with a state of their own, and dice.
 */
final class Hoarders {
  static final long HOP_PS = 1_000;

  private Hoarders() {}

  /** What is passed on until its hops are used up; {@code DUE} is for itself. */
  record Word(int tag, int hops) {}

  /** Each message takes longer than the one before, up to a limit. */
  private static final class TiringLink implements Link {
    private long messages;

    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      return nowPs + HOP_PS + messages++ % 50 + dice.below(3);
    }

    @Override
    public long minimumPs() {
      return HOP_PS;
    }
  }

  /** {@code count} parts that talk to each other until every word has made its hops. */
  static Blueprint blueprint(int count, int hops) {
    Blueprint.Builder builder = Blueprint.builder();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = "part-" + (count - i);
      names.add(name);
      builder.component(
          name, (Ctx<Word> ctx) -> Behaviors.setup(context -> new Part(context, ctx, hops)));
    }
    List<Inlet<Word>> inlets = new ArrayList<>();
    names.forEach(name -> inlets.add(builder.inlet(name, "in", word -> word)));
    for (String name : names) {
      List<Link> links = new ArrayList<>();
      names.forEach(other -> links.add(new TiringLink()));
      builder.connectFamily(name, "crowd", inlets, links);
    }
    return builder.build();
  }

  /** Parts that speak to themselves and to two others each; part i is pinned to partition i. */
  static Blueprint ring(int count, int hops) {
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < count; i++) {
      builder.component(
          "part-" + i,
          (Ctx<Word> ctx) -> Behaviors.setup(context -> new Part(context, ctx, hops)), i);
    }
    for (int i = 0; i < count; i++) {
      List<Inlet<Word>> inlets = new ArrayList<>();
      for (int other : new int[] {i, (i + 1) % count, (i + count - 1) % count}) {
        inlets.add(builder.inlet("part-" + other, "in", word -> word));
      }
      builder.connectFamily(
          "part-" + i, "crowd", inlets,
          List.of(new TiringLink(), new TiringLink(), new TiringLink()));
    }
    return builder.build();
  }

  /** One of them. */
  private static final class Part extends AbstractBehavior<Word> {
    private final Ctx<Word> ctx;
    private final Deque<Word> hoard = new ArrayDeque<>();
    private final TreeMap<Integer, Continuation> putOff = new TreeMap<>();
    private int heard;

    Part(ActorContext<Word> context, Ctx<Word> ctx, int hops) {
      super(context);
      this.ctx = ctx;
      for (int i = 0; i < 3; i++) {
        ctx.after(HOP_PS * (i + 1), new Word(i, hops));
      }
    }

    @Override
    public Receive<Word> createReceive() {
      return newReceiveBuilder().onMessage(Word.class, this::on).build();
    }

    private Behavior<Word> on(Word word) {
      heard++;
      ctx.mark(new Lab.Note(word + " heard " + heard + " hoards " + hoard.size()));
      if (word.hops() > 0) {
        hoard.add(new Word(word.tag(), word.hops() - 1));
        int kept = heard;
        putOff.put(heard, () -> give(kept));
      }
      if (ctx.dice().chance(0.7) || word.hops() == 0) {
        while (!putOff.isEmpty()) {
          putOff.pollFirstEntry().getValue().run();
        }
      } else {
        ctx.after(300, new Word(word.tag(), 0));
      }
      return this;
    }

    private void give(int kept) {
      Ports<Word> crowd = ctx.ports("crowd", Word.class);
      ctx.mark(new Lab.Note("gives what it kept since " + kept));
      ctx.send(crowd.at(ctx.dice().below(crowd.size())), hoard.remove());
    }
  }
}
