package ai.luthier.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {

    private static final Map<String, GgufValue> METADATA = new LinkedHashMap<>();

    static {
        METADATA.put("general.architecture", new GgufValue.Text("llama"));
        METADATA.put("answer", new GgufValue.Whole(42));
        METADATA.put("ratio", new GgufValue.Real(0.5));
        METADATA.put("yes", new GgufValue.Flag(true));
        METADATA.put("words", new GgufValue.Texts(List.of("Füße", "", "狐")));
        METADATA.put("numbers", new GgufValue.Wholes(List.of(1, -2, 3)));
        METADATA.put("scores", new GgufValue.Reals(List.of(0f, -1.5f)));
    }

    @TempDir
    private Path folder;

    @Test
    void readsBack_whatWasWritten() throws IOException {
        float[] matrix = new float[3 * 64];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) Math.sin(i);
        }
        float[] vector = {1, 2, 3};
        Path path = folder.resolve("a.gguf");

        GgufWriter.write(
                path,
                METADATA,
                List.of(
                        new GgufWriter.Plan("v", GgmlType.F32, new long[] {3}),
                        new GgufWriter.Plan("m", GgmlType.Q8_0, new long[] {3, 64})),
                (name, from, to) ->
                        name.equals("v") ? vector : Arrays.copyOfRange(matrix, (int) from * 64, (int) to * 64));

        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.metadata()).isEqualTo(METADATA);
            assertThat(file.tensors().keySet()).containsExactly("v", "m");
            assertThat(file.rows("v", 0, 1)).isEqualTo(vector);
            assertThat(file.rows("m", 1, 3))
                    .usingComparatorWithPrecision(0.005f)
                    .containsExactly(Arrays.copyOfRange(matrix, 64, matrix.length));
        }
    }

    @Test
    void refuses_everyFileThatIsCutShort() throws IOException {
        byte[] whole = Files.readAllBytes(small());
        Path cut = folder.resolve("cut.gguf");
        for (int length = 0; length < whole.length - 28; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> GgufFile.open(cut).close())
                    .as("cut to %s of %s bytes", length, whole.length)
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("cut.gguf");
        }
    }

    /** Any byte of the header may be anything: the answer is a model or a refusal, at once, and never another failure. */
    @Test
    void survives_everyByteBeingWrong() throws IOException {
        byte[] whole = Files.readAllBytes(small());
        Path damaged = folder.resolve("damaged.gguf");
        int refused = 0;
        for (int at = 0; at < whole.length - 32; at++) {
            for (int wrong : new int[] {0xff, 0x7f, whole[at] + 1}) {
                byte[] copy = whole.clone();
                copy[at] = (byte) wrong;
                Files.write(damaged, copy);
                try (GgufFile file = GgufFile.open(damaged)) {
                    file.tensors().forEach((name, tensor) -> file.rows(name, 0, tensor.rows()));
                } catch (UserError expected) {
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(whole.length);
    }

    @Test
    void refuses_countsThatNoFileCouldHold() throws IOException {
        assertThatThrownBy(() -> open(header(3, Long.MAX_VALUE, 0)))
                .hasMessageContaining("9223372036854775807 tensors, but only 8 bytes follow");
        assertThatThrownBy(() -> open(header(3, 0, 1 << 15))).hasMessageContaining("32768 keys");
        assertThatThrownBy(() -> open(header(3, -1, 0))).hasMessageContaining("18446744073709551615 tensors");
        byte[] longKey = ByteBuffer.allocate(24 + 40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(header(3, 0, 1))
                .putLong(1L << 40)
                .array();
        assertThatThrownBy(() -> open(longKey)).hasMessageContaining("key 0 has 1099511627776 bytes");
    }

    @Test
    void refuses_otherVersionsAndOtherFiles() throws IOException {
        assertThatThrownBy(() -> open(header(1, 0, 0))).hasMessageContaining("GGUF version 1;");
        assertThatThrownBy(() -> open(header(Integer.reverseBytes(3), 0, 0))).hasMessageContaining("big-endian");
        assertThatThrownBy(() -> open("PK and more than 24 bytes of it".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("is not a GGUF file");
    }

    @Test
    void refuses_tensorsThatOverlapLieOutsideOrAreOfUnknownTypes() throws IOException {
        assertThatThrownBy(() -> open(twoTensors(GgmlType.F32.code(), 0, 0, 8, 128)))
                .hasMessageContaining("begins at byte 0 of the data, inside");
        assertThatThrownBy(() -> open(twoTensors(GgmlType.F32.code(), 0, 96, 8, 100)))
                .hasMessageContaining("lies at byte 96 and has 32 bytes, but the file has 100 bytes of data");
        assertThatThrownBy(() -> open(twoTensors(GgmlType.F32.code(), 0, 33, 8, 128)))
                .hasMessageContaining("aligned to 32");
        assertThatThrownBy(() -> open(twoTensors(16, 0, 32, 256, 4096)))
                .hasMessageContaining("{IQ2_XXS=a}")
                .hasMessageContaining("llama-quantize");
        assertThatThrownBy(() -> open(twoTensors(GgmlType.Q8_0.code(), 0, 32, 33, 128)))
                .hasMessageContaining("rows of 33 elements, but Q8_0 stores 32 together");
        assertThatThrownBy(() -> open(twoTensors(GgmlType.F32.code(), 0, 32, Long.MAX_VALUE / 2, 128)))
                .hasMessageContaining("impossible shape");
    }

    private Path small() throws IOException {
        Path path = folder.resolve("small.gguf");
        GgufWriter.write(
                path,
                METADATA,
                List.of(new GgufWriter.Plan("weight", GgmlType.F32, new long[] {1})),
                (name, from, to) -> new float[] {1});
        return path;
    }

    private void open(byte[] bytes) throws IOException {
        Path path = folder.resolve("made.gguf");
        Files.write(path, bytes);
        GgufFile.open(path).close();
    }

    private static byte[] header(int version, long tensors, long keys) {
        return ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(version)
                .putLong(tensors)
                .putLong(keys)
                .array();
    }

    /** Two vectors of {@code size} elements at these places, and so many bytes of data. */
    private static byte[] twoTensors(int type, long first, long second, long size, int dataBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(96 + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header(3, 2, 0));
        for (long at : new long[] {first, second}) {
            bytes.putLong(1).put((byte) (at == first && bytes.position() < 40 ? 'a' : 'b'));
            bytes.putInt(1).putLong(size).putInt(type).putLong(at);
        }
        return bytes.array();
    }
}
