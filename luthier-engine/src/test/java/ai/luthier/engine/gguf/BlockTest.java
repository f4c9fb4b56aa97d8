package ai.luthier.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every block format against the bytes of ggml's quantisers and the values of the gguf package: {@code tools/oracles/gguf_blocks.py}. */
@Tag("golden")
class BlockTest {

    private final JsonNode golden = golden();

    private static JsonNode golden() {
        try (InputStream in = Objects.requireNonNull(BlockTest.class.getResourceAsStream("blocks.json"))) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void encodes_theVeryBytesOfGgml(GgmlType type) {
        byte[] expected = bytes("bytes", type);

        assertThat(GgufWriter.encoded(type, floats(golden.path("values")))).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void decodes_whatTheGgufPackageReads(GgmlType type) {
        byte[] bytes = bytes("bytes", type);
        Block block = type.block();
        float[] actual = new float[bytes.length / block.bytes() * block.elements()];

        for (int i = 0; i * block.bytes() < bytes.length; i++) {
            block.decode(bytes, i * block.bytes(), actual, i * block.elements());
        }

        assertThat(actual).isEqualTo(floats(golden.at("/types/" + type + "/values")));
    }

    private byte[] bytes(String what, GgmlType type) {
        return Base64.getDecoder()
                .decode(golden.at("/types/" + type + "/" + what).asString());
    }

    private static float[] floats(JsonNode base64) {
        ByteBuffer bytes =
                ByteBuffer.wrap(Base64.getDecoder().decode(base64.asString())).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
