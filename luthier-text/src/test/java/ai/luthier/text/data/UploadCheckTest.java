package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UploadCheckTest {

    @Test
    void copiesEveryByte_andLeavesRowsToTheJob() throws IOException {
        String text =
                "\uFEFF{\"anything\": [1, {\"at\": \"all\"}]}\r\n\n  {}\n" + "{\"x\": \"" + "y".repeat(500_000) + "\"}";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        assertThat(UploadCheck.copy(new ByteArrayInputStream(bytes), copy)).isEqualTo(bytes.length);
        assertThat(copy.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void notJsonl_inTheWordsThatClientsMatch() {
        String expected = "Expected file to have JSONL format, where every line is a valid JSON dictionary. ";
        assertThatThrownBy(() -> check("{\"a\": 1}\n[{\"messages\": []}]\n"))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FILE))
                .hasMessage(expected + "Line 2 starts with: \"[{\"messages\": []}]\"");
        assertThatThrownBy(() -> check("prompt,completion\na,b\n"))
                .hasMessage(expected + "Line 1 starts with: \"prompt,completion\"");
        assertThatThrownBy(() -> check("{\n  \"messages\": []\n}\n"))
                .hasMessage(expected + "Line 1 starts with: \"{\"");
        assertThatThrownBy(() -> check("{\"a\": 1},\n")).hasMessageContaining("Line 1");
        assertThatThrownBy(() -> check("\n \n")).hasMessage(expected + "The file is empty.");
    }

    @Test
    void notUtf8() {
        assertThatThrownBy(() -> UploadCheck.copy(
                        new ByteArrayInputStream("{}\n{\"a\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1)),
                        OutputStream.nullOutputStream()))
                .hasMessage(
                        "Invalid file format. Line 2: Not UTF-8: the byte 0xE9 at column 8 starts no character. Save the"
                                + " file as UTF-8.");
    }

    @Test
    void aFullDiskIsNotTheUploadsFault() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThatThrownBy(
                        () -> UploadCheck.copy(new ByteArrayInputStream("{}\n".getBytes(StandardCharsets.UTF_8)), full))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    private static void check(String text) throws IOException {
        UploadCheck.copy(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), OutputStream.nullOutputStream());
    }
}
