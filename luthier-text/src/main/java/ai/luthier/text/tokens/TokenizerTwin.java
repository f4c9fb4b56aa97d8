package ai.luthier.text.tokens;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A tokenizer for texts whose data holds the string of a control token.
 *
 * <p>Such a text cannot go through the tokenizer as it is, and cutting it up would change what is merged at the cuts. So the
 * twin is the same tokenizer in all but one thing: it knows its control tokens by other strings, which are random and made
 * anew at every load. Where the template wrote a control token, that string takes its place, and the whole text goes through
 * the twin in one piece. Safe for any thread.
 */
final class TokenizerTwin implements AutoCloseable {

    private static final int ALIAS_BYTES = 16;

    private final HuggingFaceTokenizer tokenizer;
    private final List<String> aliases;
    private final Map<Integer, Integer> idOfAlias = new HashMap<>();

    /** @param open makes a tokenizer of the text of a {@code tokenizer.json} */
    TokenizerTwin(TokenizerJson json, Function<String, HuggingFaceTokenizer> open) {
        this.aliases = aliases(json.controls().size());
        this.tokenizer = open.apply(json.withAliases(aliases));
        for (int i = 0; i < aliases.size(); i++) {
            // Under its new name a token may have got a new id. A dummy space may come first; the token is the last.
            long[] ids = tokenizer.encode(aliases.get(i), false, false).getIds();
            idOfAlias.put(
                    Math.toIntExact(ids[ids.length - 1]), json.controls().get(i).id());
        }
    }

    private static List<String> aliases(int count) {
        byte[] secret = new byte[ALIAS_BYTES];
        new SecureRandom().nextBytes(secret);
        String name = HexFormat.of().formatHex(secret);
        List<String> aliases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            aliases.add("\uE000" + name + "." + i + "\uE001");
        }
        return aliases;
    }

    /**
     * The ids of a text.
     *
     * @param control the control tokens that mean themselves, in order; all other strings are ordinary text
     */
    int[] encode(String text, List<AddedTokenFinder.Match> control) {
        StringBuilder safe = new StringBuilder();
        int at = 0;
        for (AddedTokenFinder.Match match : control) {
            safe.append(text, at, match.start()).append(aliases.get(match.token()));
            at = match.end();
        }
        safe.append(text, at, text.length());
        int[] ids = ai.luthier.text.tokens.HuggingFaceTokenizer.ints(
                tokenizer.encode(safe.toString(), false, false).getIds());
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idOfAlias.getOrDefault(ids[i], ids[i]);
        }
        return ids;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
