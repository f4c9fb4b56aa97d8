package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultipartTest {

    private static final String B = "abc";

    /** Gives at most a few bytes at a time, as a network does. */
    private static InputStream trickle(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(7)));
            }
        };
    }

    private static List<String> parts(InputStream in) throws IOException {
        Multipart form = new Multipart(in, B);
        List<String> found = new ArrayList<>();
        for (Optional<Multipart.Part> part = form.next(); part.isPresent(); part = form.next()) {
            String content = new String(part.get().bytes().readAllBytes(), StandardCharsets.ISO_8859_1);
            found.add(part.get().name() + "=" + content);
        }
        return found;
    }

    @Test
    void contents_comeOutAsTheyWentIn_whateverTheyAreAndHoweverTheyArrive() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            StringBuilder body = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                String content = nasty(random);
                body.append(Client.part(B, "name=\"p" + i + "\"", content));
                expected.add("p" + i + "=" + content);
            }
            body.append(Client.end(B));
            byte[] bytes = body.toString().getBytes(StandardCharsets.ISO_8859_1);

            assertThat(parts(trickle(bytes, random))).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** Pieces that look like the boundary and its parts, and are not. */
    private static String nasty(Random random) {
        List<String> pieces =
                List.of("\r", "\n", "\r\n", "-", "--", "\r\n--", "\r\n--a", "\r\n--ab", "abc", "--abc", "x", "\u00ff");
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        String content = text.toString();
        while (content.contains("\r\n--abc")) {
            content = content.replace("\r\n--abc", ""); // what is left may make a new one
        }
        return content + "y";
    }

    @Test
    void bodyCutAnywhere_isNeverTakenForWhole() {
        String whole = Client.part(B, "name=\"file\"", "0123456789") + Client.end(B);
        for (int length = 0; length < whole.length() - 4; length++) {
            byte[] cut = whole.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> parts(new ByteArrayInputStream(cut)))
                    .as("cut after %d bytes", length)
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void preambleIsSkipped_andAnEmptyPartIsEmpty() throws IOException {
        String body = "ignore me\r\n" + Client.part(B, "name=\"empty\"", "") + Client.end(B) + "and me";

        assertThat(parts(new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1))))
                .containsExactly("empty=");
    }

    @Test
    void whatIsMalformed_isTheClientsFault() {
        for (String body : List.of(
                "--abc\r\nContent-Type: text/plain\r\n\r\nx\r\n--abc--",
                "--abcdef\r\n\r\n",
                "--abc\r\nA: " + "x".repeat(40_000) + "\r\n\r\n")) {
            assertThatThrownBy(() -> parts(new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1))))
                    .isInstanceOf(UserError.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "form-data; name=\"file\"; filename=\"rows.jsonl\" | filename | rows.jsonl",
                "form-data; filename=\"a;b=c.jsonl\"; name=file | name | file",
                "form-data; name=\"file\"; filename=\"with \\\"quotes\\\".jsonl\" | filename | with \"quotes\".jsonl",
                "form-data; name=\"f\"; filename=\"x\"; filename*=UTF-8''%C3%A4%20+b.jsonl | filename | ä +b.jsonl",
                "multipart/form-data; boundary=----WebKit7 | boundary | ----WebKit7",
                "form-data; name=\"file\" | filename |",
            })
    void headerParameters_areFound(String header, String name, String expected) {
        assertThat(HeaderParameters.of(header, name)).isEqualTo(Optional.ofNullable(expected));
    }
}
