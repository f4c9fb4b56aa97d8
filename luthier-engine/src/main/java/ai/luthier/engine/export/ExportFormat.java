package ai.luthier.engine.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a model can leave as; {@code docs/exports.md} has the table of what each kind of model exports to. */
public enum ExportFormat {
    /** The adapter alone, for {@code peft} over its base. */
    PEFT,
    /** Base and adapter merged, in the base's type, for {@code transformers} and all that reads its directories. */
    SAFETENSORS,
    /** One file for llama.cpp. */
    GGUF,
    /** The same file with a Modelfile beside it. */
    OLLAMA;

    /** {@code peft} and so on: the spelling of options and of queries. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a {@link ai.luthier.engine.gguf.Quantization} is chosen for it. */
    public boolean quantises() {
        return this == GGUF || this == OLLAMA;
    }

    public static Optional<ExportFormat> of(String option) {
        return Arrays.stream(values())
                .filter(one -> one.option().equals(option))
                .findFirst();
    }
}
