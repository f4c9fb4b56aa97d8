package ai.luthier.engine.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * What every export is asked: {@code parity.json}.
 *
 * @param prompts sixteen, in several languages
 * @param texts a hundred for the tokenizer: blanks, numbers, scripts, emoji, code
 */
record GateTexts(List<String> prompts, List<String> texts) {

    GateTexts {
        prompts = List.copyOf(prompts);
        texts = List.copyOf(texts);
    }

    static GateTexts load() {
        try (InputStream in = Objects.requireNonNull(GateTexts.class.getResourceAsStream("parity.json"))) {
            return JsonMapper.shared().readValue(in, GateTexts.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
