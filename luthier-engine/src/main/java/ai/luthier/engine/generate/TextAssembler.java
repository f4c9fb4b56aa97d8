package ai.luthier.engine.generate;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Joins the bytes of tokens to text and holds back what is not certain yet: the first bytes of a character, and the end of the
 * text while it could be the beginning of a stop string.
 *
 * <p>A token is not text: it may end in the middle of a character, and a stop string may begin in one token and end in
 * the next. Bytes that can never become a character come out as U+FFFD.
 *
 * <p>Not thread-safe; one for each answer.
 */
final class TextAssembler {

    private final List<String> stops;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteArrayOutputStream incomplete = new ByteArrayOutputStream();
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    TextAssembler(List<String> stops) {
        this.stops = stops;
    }

    /** Takes a token's bytes and returns the text that is certain now, perhaps none. */
    String add(byte[] bytes) {
        incomplete.writeBytes(bytes);
        held.append(decode(false));
        int stop = firstStop();
        if (stop >= 0) {
            stopped = true;
            return release(stop);
        }
        return release(held.length() - possibleStart());
    }

    /** Whether a stop string was completed; everything from its first character on is gone. */
    boolean stopped() {
        return stopped;
    }

    /** What was held back, once no token follows. */
    String finish() {
        if (stopped) {
            return "";
        }
        held.append(decode(true));
        int stop = firstStop();
        stopped = stop >= 0;
        return release(stopped ? stop : held.length());
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** Where the earliest stop string begins in the held text; -1 where none is complete. */
    private int firstStop() {
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    /** The length of the longest end of the held text that a stop string begins with. */
    private int possibleStart() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String decode(boolean end) {
        ByteBuffer bytes = ByteBuffer.wrap(incomplete.toByteArray());
        CharBuffer text = CharBuffer.allocate(bytes.remaining() + 1);
        decoder.reset();
        decoder.decode(bytes, text, end);
        incomplete.reset();
        incomplete.write(bytes.array(), bytes.position(), bytes.remaining());
        return text.flip().toString();
    }
}
