package ai.luthier.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Torch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gigabyte of shards opens in a process with a heap of 64 MB: weights are mapped, not copied. The figures in
 * {@code docs/families.md} are what this prints.
 */
class LargeDirectoryTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(32_000, 1024, 2816, 40, 16, 16, 2048);
    private static final long SHARD_BYTES = 256L << 20;
    private static final long MEGABYTE = 1 << 20;

    @TempDir
    Path folder;

    @Test
    @Tag("slow")
    void gigabyteOfShards_opensInASmallHeap() throws IOException, InterruptedException {
        long bytes = write(folder);
        assertThat(bytes).isGreaterThan(1_000_000_000L);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeDirectoryTest.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        System.out.println(bytes / MEGABYTE + " MB of shards: " + out.strip());
        assertThat(process.exitValue()).as(out).isZero();
        JsonNode figures = JsonMapper.shared().readTree(out);
        // Below nothing where the collector gave back some of the heap, or the kernel swapped, meanwhile.
        assertThat(figures.path("copied MB while opening").asInt(Integer.MAX_VALUE))
                .isLessThanOrEqualTo(50);
        assertThat(figures.path("heap MB").asInt(-1)).isBetween(0, 64);
    }

    /** The measured process: opens the directory and reads one token through all weights. */
    public static void main(String[] arguments) throws IOException {
        Torch.load();
        Torch.threads(1);
        long copied = memory("RssAnon");
        long start = System.nanoTime();
        try (Decoder decoder = ModelDirectory.open(Path.of(arguments[0])).decoder(Dtype.BF16);
                PointerScope _ = new PointerScope()) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("open ms", (System.nanoTime() - start) / 1_000_000);
            figures.put("copied MB while opening", memory("RssAnon") - copied);
            Scopes.withoutGradients(() -> decoder.logits(decoder.hidden(Rows.of(1), Adapter.NONE)));
            Runtime runtime = Runtime.getRuntime();
            figures.put("heap MB", (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE);
            figures.put("copied MB after a token", memory("RssAnon") - copied);
            figures.put("mapped MB after a token", memory("RssFile"));
            System.out.println(JsonMapper.shared().writeValueAsString(figures));
        }
    }

    /** One of the kinds of memory that Linux counts, in megabytes. */
    private static long memory(String kind) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith(kind))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024;
    }

    /** Shards of zeros, as holes in the files, so that writing them takes no time. */
    private static long write(Path folder) throws IOException {
        Files.write(folder.resolve("config.json"), HuggingFaceConfig.write(SPEC, "bfloat16", Map.of()));
        Map<String, String> shardOf = new LinkedHashMap<>();
        Map<String, Object> header = new LinkedHashMap<>();
        long total = 0;
        long end = 0;
        int shard = 1;
        for (Map.Entry<String, long[]> weight : WeightNames.shapes(SPEC).entrySet()) {
            long size = 2;
            for (long dimension : weight.getValue()) {
                size *= dimension;
            }
            if (end + size > SHARD_BYTES) {
                writeShard(folder.resolve(name(shard++)), header, end);
                header.clear();
                end = 0;
            }
            header.put(
                    weight.getKey(),
                    Map.of("dtype", "BF16", "shape", weight.getValue(), "data_offsets", List.of(end, end + size)));
            shardOf.put(weight.getKey(), name(shard));
            end += size;
            total += size;
        }
        writeShard(folder.resolve(name(shard)), header, end);
        Files.write(
                folder.resolve("model.safetensors.index.json"),
                JsonMapper.shared().writeValueAsBytes(Map.of("weight_map", shardOf)));
        return total;
    }

    private static String name(int shard) {
        return "model-%05d.safetensors".formatted(shard);
    }

    private static void writeShard(Path path, Map<String, Object> header, long dataBytes) throws IOException {
        byte[] json = JsonMapper.shared().writeValueAsBytes(header);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            file.write(json);
            file.setLength(8 + json.length + dataBytes);
        }
    }
}
