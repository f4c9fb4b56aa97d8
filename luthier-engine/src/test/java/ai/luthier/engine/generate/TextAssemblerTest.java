package ai.luthier.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TextAssemblerTest {

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void holdsBackWhatCouldBeginAStopString() {
        var assembler = new TextAssembler(List.of("\n\nUser:"));

        assertThat(assembler.add(utf8("Hello\n"))).isEqualTo("Hello");
        assertThat(assembler.add(utf8("\nUs"))).isEmpty();
        assertThat(assembler.add(utf8("ual"))).isEqualTo("\n\nUsual");
        assertThat(assembler.add(utf8("\n\nUse"))).isEmpty();
        assertThat(assembler.add(utf8("r: next"))).isEmpty();
        assertThat(assembler.stopped()).isTrue();
        assertThat(assembler.finish()).isEmpty();
    }

    @Test
    void theEarliestStopStringWins() {
        var assembler = new TextAssembler(List.of("world", "lo"));

        assertThat(assembler.add(utf8("Hello world"))).isEqualTo("Hel");
        assertThat(assembler.stopped()).isTrue();
    }

    @Test
    void heldTextComesOutAtTheEnd() {
        var assembler = new TextAssembler(List.of("END"));

        assertThat(assembler.add(utf8("the EN"))).isEqualTo("the ");
        assertThat(assembler.finish()).isEqualTo("EN");
        assertThat(assembler.stopped()).isFalse();
    }

    @Test
    void charactersAreNeverCut() {
        var assembler = new TextAssembler(List.of());
        byte[] rocket = utf8("\uD83D\uDE80");

        assertThat(assembler.add(Arrays.copyOfRange(rocket, 0, 1))).isEmpty();
        assertThat(assembler.add(Arrays.copyOfRange(rocket, 1, 3))).isEmpty();
        assertThat(assembler.add(Arrays.copyOfRange(rocket, 3, 4))).isEqualTo("\uD83D\uDE80");
    }

    @Test
    void bytesThatAreNoCharacterBecomeReplacements() {
        var assembler = new TextAssembler(List.of());

        assertThat(assembler.add(new byte[] {(byte) 0xFF, 'a'})).isEqualTo("\uFFFDa");
        assertThat(assembler.add(new byte[] {(byte) 0xF0, (byte) 0x9F})).isEmpty();
        assertThat(assembler.add(utf8("b"))).isEqualTo("\uFFFDb");
        assertThat(assembler.add(new byte[] {(byte) 0xC3})).isEmpty();
        assertThat(assembler.finish()).isEqualTo("\uFFFD");
    }

    /** Random cuts of random texts over a tiny alphabet, where stop strings overlap themselves and each other. */
    @RepeatedTest(200)
    void piecesJoinToTheTextBeforeTheFirstStop(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        String text = random(random, 5 + random.nextInt(60));
        var stops = new ArrayList<String>();
        for (int i = random.nextInt(3); i > 0; i--) {
            stops.add(random(random, 1 + random.nextInt(4)));
        }
        var assembler = new TextAssembler(stops);
        var joined = new StringBuilder();
        byte[] bytes = utf8(text);
        for (int at = 0; at < bytes.length && !assembler.stopped(); ) {
            int next = Math.min(bytes.length, at + 1 + random.nextInt(3));
            joined.append(assembler.add(Arrays.copyOfRange(bytes, at, next)));
            at = next;
        }
        joined.append(assembler.finish());

        assertThat(stops).as("text %s, joined %s", text, joined).noneMatch(stop -> joined.indexOf(stop) >= 0);
        assertThat(text).startsWith(joined);
        if (stops.stream().noneMatch(text::contains)) {
            assertThat(joined).hasToString(text);
        } else {
            assertThat(assembler.stopped()).isTrue();
            assertThat(stops).anyMatch(stop -> text.startsWith(stop, joined.length()));
        }
    }

    private static String random(Random random, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint("abé\uD83D\uDE80".codePoints().toArray()[random.nextInt(4)]);
        }
        return text.toString();
    }
}
