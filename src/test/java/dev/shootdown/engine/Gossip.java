package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;

/**
 * A machine that exercises everything which could tell one schedule from another: pairs of parts
 * joined without latency, latencies that make ties, links that draw from the sender's dice, zero
 * delays, timers, and a fact per message that tells time, content and a draw.
 */
final class Gossip {
  private static final int WORDS_EACH = 3;

  /** Bounds the lookahead; every other latency is this plus little. */
  static final long HOP_PS = 1_000;

  private Gossip() {}

  /** What is passed on until its hops are used up. */
  record Word(int tag, int hops) {
    Word further() {
      return new Word(tag, hops - 1);
    }
  }

  /** A wire whose latency is a draw among few, so that ties and overtaking are common. */
  private static final class DrawingLink implements Link {
    private final long leastPs;
    private long messages;

    DrawingLink(long leastPs) {
      this.leastPs = leastPs;
    }

    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      messages++;
      return nowPs + leastPs + 100 * dice.below(4) + messages % 2;
    }

    @Override
    public long minimumPs() {
      return leastPs;
    }
  }

  /** {@code pairs} pairs of parts, every word passed on {@code hops} times. */
  static Blueprint blueprint(int pairs, int hops) {
    Blueprint.Builder builder = Blueprint.builder();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 2 * pairs; i++) {
      // Names whose order is not the order of declaration.
      String name = "part-" + (i * 7 % (2 * pairs)) + "-" + i;
      names.add(name);
      builder.component(name, ctx -> part(ctx, hops));
    }
    List<Inlet<Object>> inlets = new ArrayList<>();
    names.forEach(name -> inlets.add(Lab.inlet(builder, name)));
    for (int i = 0; i < names.size(); i++) {
      List<Link> links = new ArrayList<>();
      names.forEach(name -> links.add(new DrawingLink(HOP_PS)));
      builder.connectFamily(names.get(i), "crowd", inlets, links);
      builder.connect(names.get(i), "twin", inlets.get(i ^ 1), new Lab.Fixed(0));
    }
    return builder.build();
  }

  /**
   * Places, each with two pairs of parts, between which words go along {@code roads} only: from
   * place, to place, least latency in ps. Place i is pinned to partition {@code i * step}.
   */
  static Blueprint places(int places, List<long[]> roads, int hops, int step) {
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < 4 * places; i++) {
      builder.component("part-" + i * 7 % (4 * places), ctx -> part(ctx, hops), i / 4 * step);
    }
    for (int i = 0; i < 4 * places; i++) {
      List<Inlet<Object>> inlets = new ArrayList<>();
      List<Link> links = new ArrayList<>();
      for (int j = 0; j < 4 * places; j++) {
        long leastPs = i / 4 == j / 4 ? HOP_PS : -1;
        for (long[] road : roads) {
          leastPs = road[0] == i / 4 && road[1] == j / 4 ? road[2] : leastPs;
        }
        if (leastPs > 0) {
          inlets.add(Lab.inlet(builder, "part-" + j * 7 % (4 * places)));
          links.add(new DrawingLink(leastPs));
        }
      }
      String name = "part-" + i * 7 % (4 * places);
      builder.connectFamily(name, "crowd", inlets, links);
      builder.connect(
          name, "twin", Lab.inlet(builder, "part-" + (i ^ 1) * 7 % (4 * places)),
          new Lab.Fixed(0));
    }
    return builder.build();
  }

  private static Behavior<Object> part(Ctx<Object> ctx, int hops) {
    return Lab.part(
            c -> {
              for (int i = 0; i < WORDS_EACH; i++) {
                c.after(HOP_PS * i, new Word(i, hops));
              }
            },
            Gossip::onWord)
        .apply(ctx);
  }

  private static void onWord(Ctx<Object> ctx, Object message) {
    Word word = (Word) message;
    int draw = ctx.dice().below(1_000);
    ctx.mark(new Lab.Note(word + " at " + ctx.nowPs() + " drew " + draw));
    if (word.hops() == 0) {
      return;
    }
    Ports<Object> crowd = ctx.ports("crowd", Object.class);
    switch (draw % 4) {
      case 0 -> ctx.after(0, word.further());
      case 1 -> Lab.send(ctx, "twin", word.further());
      case 2 -> ctx.after(100L * (draw % 7), word.further());
      default -> ctx.send(crowd.at(draw % crowd.size()), word.further());
    }
  }
}
