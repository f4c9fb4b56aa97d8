package ai.luthier.server.models.hub;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the Hub says of a model at one commit: which files it has, and of these the ones that a model needs.
 *
 * <p>Taken are safetensors, the configuration, the tokenizer, the chat template and the licence, from the top folder only.
 */
record HubListing(String commit, List<HubFile> files) {

    private static final Set<String> NEEDED = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "model.safetensors.index.json",
            "LICENSE",
            "LICENSE.txt",
            "LICENSE.md",
            "USE_POLICY.md",
            "README.md");

    private static final Pattern WEIGHTS = Pattern.compile("model(-\\d{5}-of-\\d{5})?\\.safetensors");
    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|pkl|pickle|ckpt)");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    HubListing {
        files = List.copyOf(files);
    }

    /** @throws UserError ({@link ErrorCode#INVALID_MODEL}) where it is no listing, or no model that can be used */
    static HubListing parse(HubModelId model, byte[] answer) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(answer);
        } catch (JacksonException e) {
            throw refused(model, "the answer of the Hub is not JSON: " + e.getOriginalMessage());
        }
        String commit = root.path("sha").asString("");
        if (!COMMIT.matcher(commit).matches()) {
            throw refused(model, "the answer of the Hub names no commit");
        }
        List<HubFile> files = new ArrayList<>();
        boolean pickles = false;
        for (JsonNode file : root.path("siblings")) {
            String name = file.path("rfilename").asString("");
            pickles |= PICKLE.matcher(name).matches();
            if (NEEDED.contains(name) || WEIGHTS.matcher(name).matches()) {
                files.add(file(name, file));
            }
        }
        check(model, files, pickles);
        return new HubListing(commit, files);
    }

    private static HubFile file(String name, JsonNode file) {
        JsonNode large = file.path("lfs");
        String hash = large.isObject()
                ? large.path("sha256").asString("")
                : file.path("blobId").asString("");
        long size = large.path("size").asLong(file.path("size").asLong(-1));
        return new HubFile(name, size, HASH.matcher(hash).matches() ? hash : "");
    }

    private static void check(HubModelId model, List<HubFile> files, boolean pickles) {
        List<String> names = files.stream().map(HubFile::name).toList();
        if (names.stream().noneMatch(name -> WEIGHTS.matcher(name).matches())) {
            throw refused(
                    model,
                    pickles
                            ? "its weights are pickles, which can run code when they are loaded; Luthier reads safetensors"
                                    + " only. Look for a revision or a copy with model.safetensors, or convert it"
                            : "it has no model.safetensors");
        }
        if (!names.contains("config.json")) {
            throw refused(model, "it has no config.json");
        }
    }

    private static UserError refused(HubModelId model, String reason) {
        return new UserError(ErrorCode.INVALID_MODEL, "model", model + " cannot be added: " + reason + ".");
    }
}
