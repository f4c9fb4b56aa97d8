package ai.luthier.bench;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where measured rows come from: drawn, or a file that other programs train on too. */
final class RowSource {

    private RowSource() {}

    /** {@code source} is a share of supervised tokens, for drawn rows, or a file of ids and masks, whose first rows are taken. */
    static List<TokenizedExample> rows(String source, Shape shape, int count) throws IOException {
        return source.matches("[01](\\.\\d+)?")
                ? drawn(shape, Double.parseDouble(source), count)
                : ofFile(Path.of(source), count);
    }

    /** Rows of 256 to 512 random tokens, the last share of each supervised. */
    static List<TokenizedExample> drawn(Shape shape, double share, int count) {
        Random random = new Random(1);
        List<TokenizedExample> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = 256 + random.nextInt(257);
            boolean[] supervised = new boolean[length];
            for (int t = length - (int) (share * length); t < length; t++) {
                supervised[t] = true;
            }
            rows.add(new TokenizedExample(
                    random.ints(length, 3, shape.spec().vocabulary()).toArray(), supervised));
        }
        return rows;
    }

    /** The prompt and {@code own} random tokens behind it, of which the last {@code supervised} carry loss. */
    static TokenizedExample after(int[] prompt, int own, int supervised, DecoderSpec spec, Random random) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + own);
        System.arraycopy(random.ints(own, 3, spec.vocabulary()).toArray(), 0, ids, prompt.length, own);
        boolean[] learnt = new boolean[ids.length];
        Arrays.fill(learnt, ids.length - supervised, ids.length, true);
        return new TokenizedExample(ids, learnt);
    }

    private static List<TokenizedExample> ofFile(Path file, int count) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.limit(count)
                    .map(JsonMapper.shared()::readTree)
                    .map(row -> {
                        List<JsonNode> mask = row.required("mask").valueStream().toList();
                        boolean[] supervised = new boolean[mask.size()];
                        for (int t = 0; t < supervised.length; t++) {
                            supervised[t] = mask.get(t).intValue() == 1;
                        }
                        int[] ids = row.required("ids")
                                .valueStream()
                                .mapToInt(JsonNode::intValue)
                                .toArray();
                        return new TokenizedExample(ids, supervised);
                    })
                    .toList();
        }
    }
}
