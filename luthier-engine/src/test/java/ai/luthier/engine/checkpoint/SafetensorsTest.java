package ai.luthier.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void whatIsWritten_isMappedBackInEveryType() throws IOException {
        Path file = folder.resolve("x.safetensors");
        try (PointerScope _ = new PointerScope()) {
            Tensor values = Tensors.floats(new float[] {1, -2, 0.5f, 4, 5, -6}, 2, 3);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Dtype dtype : Dtype.values()) {
                tensors.put(dtype.name(), values.to(dtype.scalarType()));
            }
            tensors.put("transposed", values.t());
            SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertThat(read.names()).containsExactly("BF16", "FP16", "FP32", "transposed");
                assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
                for (Dtype dtype : Dtype.values()) {
                    assertThat(Tensors.toFloats(read.tensor(dtype.name()))).containsExactly(1, -2, 0.5f, 4, 5, -6);
                    assertThat(Dtype.of(read.tensor(dtype.name()))).isEqualTo(dtype);
                }
                assertThat(Tensors.toFloats(read.tensor("transposed"))).containsExactly(1, 4, -2, 5, 0.5f, -6);
            }
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    /** Each header lies about eight bytes of data in another way. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | tensor a has the data_offsets [0, 16]",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}} | needs 4 bytes, its data_offsets give it 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | neither overlap nor leave holes",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | begins at byte 4 of the data, expected 0",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | has 8 bytes of data, but its tensors cover 4",
                "{'a':{'dtype':'F32','shape':[3037000500,3037000500,4],'data_offsets':[0,8]}} | impossible shape",
                "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | tensor a has 'shape' [-2]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,9e9]}} | tensor a has 'data_offsets'",
                "{'a':{'dtype':'Q4','shape':[1],'data_offsets':[0,8]}} | has the type 'Q4', which safetensors does not have",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | not valid JSON",
                "[1, 2] | not a JSON object",
                "{'a': | not valid JSON",
            })
    void lyingHeader_isRefusedByName(String header, String message) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(16 + json.length).order(ByteOrder.LITTLE_ENDIAN);
        assertRefused(bytes.putLong(json.length).put(json).array(), message);
    }

    /** The length of the header, 0x80 or "PK" in its lowest bytes, is no pickle's magic number. */
    @ParameterizedTest
    @ValueSource(ints = {0x0180, 0x0480, 'P' + ('K' << 8)})
    void headerOfAnyLength_isRead(int length) throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] json = (header + " ".repeat(length - header.length())).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("good.safetensors");
        ByteBuffer bytes = ByteBuffer.allocate(12 + json.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(json.length).put(json).array());
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.names()).containsExactly("a");
        }
    }

    @Test
    void truncatedPickledOrMonstrousFile_isRefusedWithoutAllocatingWhatItClaims() throws IOException {
        byte[] monstrous = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(Long.MAX_VALUE)
                .array();
        assertRefused(monstrous, "says that its header has 9223372036854775807 bytes, but the file has 16");
        assertRefused(new byte[] {1, 2, 3}, "has 3 bytes");
        assertRefused(new byte[0], "has 0 bytes");
        assertRefused(new byte[] {(byte) 0x80, 2, 0, 0, 0, 0, 0, 0, 0}, "is a Python pickle");
        assertRefused(
                "PK\3\4 a zip".getBytes(StandardCharsets.UTF_8),
                "is a zip archive, as torch.save() makes it around a Python pickle");
    }

    private void assertRefused(byte[] bytes, String message) throws IOException {
        Path file = folder.resolve("bad.safetensors");
        Files.write(file, bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
                .hasMessageContaining("bad.safetensors")
                .hasMessageContaining(message);
    }
}
