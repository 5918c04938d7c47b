package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FieldsTest {
  @Test
  void shouldFindOnlyWholeNames() {
    Fields fields = new Fields("new_addr: 0x2, addrs: 0x3, addr: 0x1");
    assertThat(fields.number("addr")).hasValue(1);
    assertThat(fields.number("new_addr")).hasValue(2);
    assertThat(fields.word("ad")).isNull();
    assertThat(new Fields("addr").word("addr")).isNull();
    assertThat(new Fields("addr=").word("addr")).isNull();
    assertThat(new Fields("addr=,").word("addr")).isNull();
  }

  @Test
  void shouldEndAWordAtCommaBlankAndParenthesis() {
    assertThat(new Fields("(addr: 0x1, len: 0x2000)").word("len")).isEqualTo("0x2000");
    assertThat(new Fields("func=f, csd=(nil)").word("csd")).isEqualTo("(nil)");
    assertThat(new Fields("func=f, csd=(nil)").word("func")).isEqualTo("f");
    assertThat(new Fields("pages=3 reason= (4)").word("pages")).isEqualTo("3");
  }

  @Test
  void shouldReadNumbersByTheirPrefix() {
    assertThat(Fields.parse("0x10", false)).hasValue(16);
    assertThat(Fields.parse("10", false)).hasValue(10);
    assertThat(Fields.parse("10", true)).hasValue(16);
    assertThat(Fields.parse("-1", false)).hasValue(-1);
    assertThat(Fields.parse("0xffffffffffffffff", false)).hasValue(-1);
    assertThat(Fields.parse("0x1ffffffffffffffff", false)).isEmpty();
    assertThat(Fields.parse("0x", false)).isEmpty();
    assertThat(Fields.parse("ten", false)).isEmpty();
    assertThat(Fields.parse(null, false)).isEmpty();
  }
}
