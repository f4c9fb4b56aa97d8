package ai.luthier.text.tokens;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses directories whose tokenizer has another format than {@code tokenizer.json}, with the way to convert it. */
final class OtherTokenizers {

    private OtherTokenizers() {}

    /** @throws UserError ({@link ErrorCode#INVALID_MODEL}) where {@code file} is missing and another tokenizer is there */
    static void refuse(Path directory, Path file) {
        if (Files.exists(file)) {
            return;
        }
        Path model = directory.resolve("tokenizer.model");
        Path tiktoken = directory.resolve("tiktoken.model");
        Path mistral = directory.resolve("tekken.json");
        Path vocabulary = directory.resolve("vocab.json");
        if (Files.exists(tiktoken)) {
            throw refused(directory, "tiktoken.model", "tiktoken");
        }
        if (Files.exists(model)) {
            throw refused(directory, "tokenizer.model", isTiktoken(model) ? "tiktoken" : "SentencePiece");
        }
        if (Files.exists(mistral)) {
            throw refused(directory, "tekken.json", "Mistral's own format");
        }
        if (Files.exists(vocabulary)) {
            throw refused(directory, "vocab.json", "a vocabulary with its merges beside it");
        }
    }

    private static UserError refused(Path directory, String name, String format) {
        return new UserError(
                ErrorCode.INVALID_MODEL,
                null,
                directory + " has a tokenizer as " + name + " (" + format
                        + ") and no tokenizer.json, which is what Luthier reads."
                        + " Convert it once, with the Python packages transformers, sentencepiece and tiktoken installed: python -c"
                        + " \"from transformers import AutoTokenizer as T; T.from_pretrained('" + directory
                        + "', use_fast=True).save_pretrained('" + directory + "')\".");
    }

    /** Lines of a token in base64 and its rank, where SentencePiece is a binary protobuf. */
    private static boolean isTiktoken(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String start = new String(in.readNBytes(200), StandardCharsets.ISO_8859_1);
            int end = start.indexOf('\n');
            return end > 0 && start.substring(0, end).strip().matches("[A-Za-z0-9+/=]+ \\d+");
        } catch (IOException e) {
            throw new UserError(ErrorCode.INVALID_MODEL, null, file + " cannot be read: " + e, e);
        }
    }
}
