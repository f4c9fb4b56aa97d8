package ai.luthier.engine.export;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.text.chat.ChatTemplate;
import ai.luthier.text.tokens.ExampleEncoder;
import java.util.Optional;

/** Ollama's description of a model: {@code ollama create NAME -f Modelfile}. */
final class Modelfile {

    private Modelfile() {}

    static String of(String ggufName, ExportModel model, ExampleEncoder encoder) {
        Optional<ChatTemplate> template = encoder.template();
        StringBuilder text = new StringBuilder("# " + model.name().replace('\n', ' ') + "\n");
        text.append("FROM ./").append(ggufName).append('\n');
        Optional<OllamaTemplate> translated = template.flatMap(OllamaTemplate::of);
        if (translated.isPresent()) {
            text.append("TEMPLATE \"\"\"").append(translated.get().go()).append("\"\"\"\n");
            translated
                    .get()
                    .system()
                    .ifPresent(system ->
                            text.append("SYSTEM \"\"\"").append(system).append("\"\"\"\n"));
        } else if (template.isPresent()) {
            text.append(
                    "# The chat template does more than Ollama's language can say; the Jinja source is in the GGUF file.\n");
        } else {
            text.append("TEMPLATE \"\"\"{{ .Prompt }}\"\"\"\n");
        }
        DecoderSpec spec = model.base().spec();
        text.append("PARAMETER num_ctx ").append(spec.context()).append('\n');
        for (int id : model.stopIds(encoder)) {
            text.append("PARAMETER stop \"").append(token(encoder, id)).append("\"\n");
        }
        return text.toString();
    }

    private static String token(ExampleEncoder encoder, int id) {
        return encoder.tokenizer().token(id).replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
