package ai.luthier.text.tokens;

import ai.luthier.api.UserError;
import ai.luthier.text.chat.ChatTemplate;
import ai.luthier.text.chat.SampleConversations;
import ai.luthier.text.chat.SampleConversations.Sample;
import ai.luthier.text.chat.TemplatesUnderTest;
import ai.luthier.text.data.ChatExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Every template with every vocabulary and every kind of conversation, as far as they are on this machine. */
final class Combinations {

    private Combinations() {}

    /** What is done with one combination. */
    interface Use {
        void with(String name, ExampleEncoder encoder, Sample sample, ExampleEncoder.Row row);
    }

    /** Runs {@code use} over all rows that are not refused; gives their number. */
    static int forEach(Path directory, Use use) throws IOException {
        Map<String, String> templates = new LinkedHashMap<>(TemplatesUnderTest.own());
        templates.putAll(TemplatesUnderTest.shared());
        int count = run("small", SmallTokenizer.in(directory), templates, use);
        for (Map.Entry<String, Path> vocabulary : RealTokenizers.present().entrySet()) {
            count += run(vocabulary.getKey(), HuggingFaceTokenizer.load(vocabulary.getValue()), templates, use);
        }
        return count;
    }

    private static int run(String vocabulary, TextTokenizer tokenizer, Map<String, String> templates, Use use) {
        int count = 0;
        try (tokenizer) {
            for (Map.Entry<String, String> source : templates.entrySet()) {
                ChatTemplate template = ChatTemplate.of(source.getValue(), specialTokens(tokenizer));
                ExampleEncoder encoder = new ExampleEncoder(tokenizer, Optional.of(template), OptionalInt.of(0));
                for (Map.Entry<String, Sample> named : SampleConversations.all().entrySet()) {
                    Sample sample = named.getValue();
                    String name = vocabulary + ", " + source.getKey() + ", " + named.getKey();
                    try {
                        ExampleEncoder.Row row =
                                encoder.row(new ChatExample(1, sample.conversation(), sample.supervised()));
                        use.with(name, encoder, sample, row);
                        count++;
                    } catch (UserError refused) {
                        // Golden files of MaskContractTest say which rows are refused and why.
                        assert refused.text().contains("template");
                    }
                }
            }
        }
        return count;
    }

    /** A BOS that the vocabulary knows, so that templates write the token that some tokenizers add. */
    static Map<String, Object> specialTokens(TextTokenizer tokenizer) {
        int[] around = tokenizer.encode("", true);
        String bos = around.length > 0 ? tokenizer.token(around[0]) : "<s>";
        return Map.of("bos_token", bos, "eos_token", "</s>");
    }
}
