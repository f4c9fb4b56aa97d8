package ai.luthier.text.tokens;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.chat.ChatTemplate;
import ai.luthier.text.chat.Conversation;
import ai.luthier.text.chat.Prompt;
import ai.luthier.text.chat.SupervisedText;
import ai.luthier.text.data.ChatExample;
import ai.luthier.text.data.CompletionExample;
import ai.luthier.text.data.Example;
import ai.luthier.text.data.PreferenceExample;
import ai.luthier.text.jinja.Span;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes token ids of training rows and of prompts: the one code path of trainer, validation, {@code inspect} and server.
 *
 * <p>Chat rows are rendered by the model's template, and nothing is put around the rendered text: a BOS is there if the template
 * writes one, hence once. Prompt/completion rows become {@code BOS? prompt completion EOS}, with the BOS if the tokenizer puts
 * one before texts. Which tokens are learnt is decided in characters, by the template's spans, and carried over: a token is
 * supervised when it begins in a supervised span. The first token of an answer begins exactly where the answer does
 * ({@link TurnEncoder}).
 *
 * <p>Safe for any thread.
 */
public final class ExampleEncoder implements AutoCloseable {

    private static final Conversation SAMPLE = Conversation.of(
            List.of(Map.of("role", "user", "content", "a"), Map.of("role", "assistant", "content", "b")));

    private final TextTokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final OptionalInt endOfText;
    private final TurnEncoder turns;
    private final int[] opening;

    /**
     * @param template  empty for a base that takes prompt/completion rows only
     * @param endOfText the id that ends a completion
     */
    public ExampleEncoder(TextTokenizer tokenizer, Optional<ChatTemplate> template, OptionalInt endOfText) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.endOfText = endOfText;
        this.turns = new TurnEncoder(tokenizer);
        this.opening = opening(tokenizer, endOfText);
    }

    /**
     * The encoder of a model directory, with its own tokenizer and template.
     *
     * @param otherTemplate file with a template that replaces the directory's own
     */
    public static ExampleEncoder load(Path directory, Optional<Path> otherTemplate) {
        return load(directory, otherTemplate, Clock.system(ZoneId.systemDefault()));
    }

    /** @param clock what templates see as now: whatever is to be repeated has to fix it */
    public static ExampleEncoder load(Path directory, Optional<Path> otherTemplate, Clock clock) {
        TokenizerConfig config = TokenizerConfig.read(directory);
        TextTokenizer tokenizer = HuggingFaceTokenizer.load(directory);
        Optional<String> source = templateSource(directory, otherTemplate);
        return new ExampleEncoder(
                tokenizer,
                source.map(text -> ChatTemplate.of(text, config.specialTokens()).withClock(clock)),
                config.endOfText(tokenizer));
    }

    /**
     * The source of the template that {@link #load} uses; empty where the model has none, or one that says nothing.
     *
     * @param otherTemplate file with a template that replaces the directory's own
     */
    public static Optional<String> templateSource(Path directory, Optional<Path> otherTemplate) {
        return otherTemplate
                .map(TokenizerConfig::template)
                .or(TokenizerConfig.read(directory)::chatTemplate)
                .filter(source -> !source.isBlank());
    }

    /** What the tokenizer puts before a text: BOS, or nothing. */
    private static int[] opening(TextTokenizer tokenizer, OptionalInt endOfText) {
        int[] around = tokenizer.encode("", true);
        boolean closes =
                around.length > 1 && endOfText.isPresent() && around[around.length - 1] == endOfText.getAsInt();
        return closes ? Arrays.copyOf(around, around.length - 1) : around;
    }

    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /** Empty for a base that takes prompt/completion rows only. */
    public Optional<ChatTemplate> template() {
        return template;
    }

    /** Whether the model can be asked in messages. */
    public boolean chats() {
        return template.isPresent();
    }

    /**
     * An example as the model sees it.
     *
     * @param text        what is encoded
     * @param spans       its supervised ranges, in UTF-16 offsets
     * @param tokens      the ids, and which of them are learnt
     * @param addedInData strings of special tokens in the row's content; they are encoded as ordinary text
     * @param splits beginnings and ends of the assistant's turns, counted together from 0, at which a token had to be split
     */
    public record Row(
            String text, List<Span> spans, TokenizedExample tokens, List<String> addedInData, List<Integer> splits) {

        public Row {
            spans = List.copyOf(spans);
            addedInData = List.copyOf(addedInData);
            splits = List.copyOf(splits);
        }
    }

    /**
     * A training row.
     *
     * @throws UserError ({@link ErrorCode#INVALID_TRAINING_FILE}) where the template cannot render it, or its answers cannot be
     *     told from the rest
     */
    public Row row(Example example) {
        return switch (example) {
            case ChatExample chat -> chatRow(chatTemplate().example(chat.conversation(), chat.supervisedTurns()));
            case CompletionExample completion -> completionRow(completion);
            case PreferenceExample pair ->
                throw new IllegalArgumentException("line " + pair.line() + " is two rows; encode each side");
        };
    }

    /** The rows that a row of a file makes: of a preference the preferred side and the other, else one. */
    public List<Row> rows(Example example) {
        return example instanceof PreferenceExample pair
                ? List.of(row(pair.preferred()), row(pair.nonPreferred()))
                : List.of(row(example));
    }

    /** Both sides of a row of preferences; see {@link #row}. */
    public TokenizedPair encode(PreferenceExample pair) {
        return new TokenizedPair(
                row(pair.preferred()).tokens(), row(pair.nonPreferred()).tokens());
    }

    /** The ids of a training row, and which of them are learnt; see {@link #row}. */
    public TokenizedExample encode(Example example) {
        return row(example).tokens();
    }

    /**
     * The ids that a model continues when it answers these messages.
     *
     * @throws UserError ({@link ErrorCode#NOT_A_CHAT_MODEL}) where the model has no template, or what the template refuses with
     */
    public int[] prompt(Conversation conversation) {
        Prompt prompt = chatTemplate().prompt(conversation);
        return turns.encode(prompt.text(), prompt.data(), prompt.turns()).ids();
    }

    /**
     * The token with which the template ends a turn of the assistant, where that is one special token; generation stops at it.
     * Found by rendering a small conversation, for no configuration has to name it.
     */
    public OptionalInt endOfTurn() {
        if (template.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            TokenizedExample row = chatRow(template.get().example(SAMPLE, List.of(false, true)))
                    .tokens();
            int last = lastSupervised(row);
            return last >= 0 && tokenizer.specialIds().contains(row.ids()[last])
                    ? OptionalInt.of(row.ids()[last])
                    : OptionalInt.empty();
        } catch (UserError anotherKindOfConversation) {
            return OptionalInt.empty();
        }
    }

    private static int lastSupervised(TokenizedExample row) {
        int last = row.ids().length - 1;
        while (last >= 0 && !row.supervised()[last]) {
            last--;
        }
        return last;
    }

    /** The ids that a model continues when it completes this text; at least one. */
    public int[] prompt(String text) {
        int[] ids = TurnEncoder.concatenate(opening, tokenizer.encode(text, everything(text)));
        return ids.length == 0 ? new int[] {requireEndOfText()} : ids;
    }

    private Row chatRow(SupervisedText rendered) {
        TurnEncoder.Encoded encoded = turns.encode(rendered.text(), rendered.data(), rendered.turns());
        boolean[] supervised = new boolean[encoded.ids().length];
        for (Span span : rendered.supervised()) {
            int from = tokensBefore(span.start(), rendered, encoded);
            int to = tokensBefore(span.end(), rendered, encoded);
            Arrays.fill(supervised, from, to, true);
        }
        return new Row(
                rendered.text(),
                rendered.supervised(),
                new TokenizedExample(encoded.ids(), supervised),
                tokenizer.addedTokensIn(rendered.text(), rendered.data()),
                encoded.splits());
    }

    /** The number of tokens that begin before {@code offset}: those of the text up to it, and one that reaches across. */
    private int tokensBefore(int offset, SupervisedText rendered, TurnEncoder.Encoded encoded) {
        int turn = Collections.binarySearch(rendered.turns(), offset);
        if (turn >= 0) {
            return encoded.borders()[turn];
        }
        // Only where {% generation %} narrows a turn.
        List<Integer> before =
                rendered.turns().stream().filter(border -> border < offset).toList();
        String text = rendered.text().substring(0, offset);
        int[] prefix = turns.encode(text, TurnEncoder.cut(rendered.data(), 0, offset), before)
                .ids();
        int common = Arrays.mismatch(encoded.ids(), prefix);
        boolean onBorder = common < 0 || common >= prefix.length;
        return onBorder ? prefix.length : Math.min(common + 1, encoded.ids().length);
    }

    private Row completionRow(CompletionExample example) {
        String text = example.prompt() + example.completion();
        int border = example.prompt().length();
        TurnEncoder.Encoded encoded = turns.encode(text, everything(text), List.of(border));
        int[] ids = TurnEncoder.concatenate(
                TurnEncoder.concatenate(opening, encoded.ids()), new int[] {requireEndOfText()});
        boolean[] supervised = new boolean[ids.length];
        Arrays.fill(supervised, opening.length + encoded.borders()[0], ids.length, true);
        return new Row(
                text,
                List.of(new Span(border, text.length())),
                new TokenizedExample(ids, supervised),
                tokenizer.addedTokensIn(text, everything(text)),
                encoded.splits());
    }

    private static List<Span> everything(String text) {
        return text.isEmpty() ? List.of() : List.of(new Span(0, text.length()));
    }

    private ChatTemplate chatTemplate() {
        return template.orElseThrow(() -> new UserError(
                ErrorCode.NOT_A_CHAT_MODEL,
                "model",
                "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use"
                        + " v1/completions?"));
    }

    private int requireEndOfText() {
        return endOfText.orElseThrow(() -> new UserError(
                ErrorCode.INVALID_MODEL,
                null,
                "The model names no token that ends a text: set eos_token in its tokenizer_config.json."));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
