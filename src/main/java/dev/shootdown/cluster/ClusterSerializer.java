package dev.shootdown.cluster;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.Codec;
import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Our four kinds of messages as bytes, and no others: nothing that arrives can name a class. */
public final class ClusterSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 0x5d0_0001;
  private static final String SPEECH = "s";
  private static final String FRAME = "f";
  private static final String PARCEL = "p";
  private static final String AGAIN = "a";
  private static final Codec<Speech> SPEECHES = Codec.of(Speech.class);

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return message instanceof Frame ? FRAME
        : message instanceof Parcel ? PARCEL
        : message instanceof Again ? AGAIN : SPEECH;
  }

  @Override
  public byte[] toBinary(Object message) {
    return message instanceof Frame frame ? frame.toBytes()
        : message instanceof Parcel parcel ? parcel.toBytes()
        : message instanceof Again again ? again.toBytes() : SPEECHES.bytes((Speech) message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return switch (manifest) {
        case SPEECH -> SPEECHES.value(bytes);
        case FRAME -> Frame.of(bytes);
        case PARCEL -> Parcel.of(bytes);
        case AGAIN -> Again.of(bytes);
        default -> throw new NotSerializableException("no message is called '" + manifest + "'");
      };
    } catch (BadBytes bad) {
      throw new NotSerializableException(bad.getMessage());
    }
  }
}
