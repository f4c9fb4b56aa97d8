package ai.luthier.text.chat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.JinjaException;
import ai.luthier.text.jinja.JinjaTemplate;
import ai.luthier.text.jinja.Origin;
import ai.luthier.text.jinja.RenderSettings;
import ai.luthier.text.jinja.Rendered;
import ai.luthier.text.jinja.Span;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The chat template of a model: the one way from a conversation to text, for trainer, validation and server. Immutable, safe
 * for any thread.
 *
 * <p>Templates get what {@code transformers} gives them: {@code messages}, {@code tools} (null where there are none),
 * {@code documents} (null), {@code add_generation_prompt}, the special tokens, and the conversation's own variables.
 */
public final class ChatTemplate {

    private final JinjaTemplate template;
    private final Map<String, Object> specialTokens;
    private final RenderSettings settings;

    private ChatTemplate(JinjaTemplate template, Map<String, Object> specialTokens, RenderSettings settings) {
        this.template = template;
        this.specialTokens = Collections.unmodifiableMap(new LinkedHashMap<>(specialTokens));
        this.settings = settings;
    }

    /**
     * The template of source {@code jinja}.
     *
     * @param specialTokens {@code bos_token}, {@code eos_token}, … by name, as strings
     * @throws UserError ({@link ErrorCode#INVALID_MODEL}) where the source is not a Jinja template, with its line
     */
    public static ChatTemplate of(String jinja, Map<String, Object> specialTokens) {
        try {
            RenderSettings settings = RenderSettings.standard().withControlVariables(specialTokens.keySet());
            return new ChatTemplate(JinjaTemplate.parse(jinja), specialTokens, settings);
        } catch (JinjaException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL, null, "the chat template cannot be read: " + e.getMessage(), e);
        }
    }

    /** The same template with another clock for {@code strftime_now}: a run that is to be repeated fixes the day. */
    public ChatTemplate withClock(Clock clock) {
        return new ChatTemplate(template, specialTokens, settings.withClock(clock));
    }

    /**
     * The text that a model is fed to answer {@code conversation}.
     *
     * @throws UserError ({@link ErrorCode#INVALID_VALUE}, {@code messages}) where the template refuses it, with the
     *     template's message and line
     */
    public Prompt prompt(Conversation conversation) {
        try {
            return withFittingArguments(conversation, this::promptOf);
        } catch (JinjaException e) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "messages",
                    "The model's chat template refuses these messages: " + e.getMessage(),
                    e);
        }
    }

    private Prompt promptOf(Conversation conversation) {
        Rendered rendered = render(conversation, true);
        List<Integer> borders = turns(conversation).borders(rendered).stream()
                .filter(border -> border < rendered.text().length())
                .toList();
        return new Prompt(rendered.text(), written(rendered), borders);
    }

    /**
     * The text and the spans that {@code conversation} is trained on.
     *
     * @param supervisedTurns one entry per message; true at the assistant messages to be learnt
     * @throws UserError ({@link ErrorCode#INVALID_TRAINING_FILE}) where the template refuses the conversation, or where the
     *     place of a supervised turn cannot be determined, with the reason
     */
    public SupervisedText example(Conversation conversation, List<Boolean> supervisedTurns) {
        if (supervisedTurns.size() != conversation.messages().size()) {
            throw new IllegalArgumentException(supervisedTurns.size() + " flags cannot say of "
                    + conversation.messages().size() + " messages which are supervised");
        }
        try {
            return withFittingArguments(conversation, c -> exampleOf(c, supervisedTurns));
        } catch (JinjaException e) {
            throw new UserError(
                    ErrorCode.INVALID_TRAINING_FILE,
                    null,
                    "the model's chat template refuses this conversation: " + e.getMessage(),
                    e);
        }
    }

    private SupervisedText exampleOf(Conversation conversation, List<Boolean> supervisedTurns) {
        Rendered whole = render(conversation, false);
        AssistantTurns turns = turns(conversation);
        List<Span> supervised = turns.supervised(supervisedTurns, whole, template.marksGeneration());
        return new SupervisedText(whole.text(), written(whole), turns.borders(whole), supervised);
    }

    private AssistantTurns turns(Conversation conversation) {
        return new AssistantTurns(
                (messages, generationPrompt) -> render(
                        new Conversation(messages, conversation.tools(), conversation.variables()), generationPrompt),
                conversation.messages());
    }

    /** What users, tools and models wrote: all data but the roles, of which templates build their own tokens. */
    private static List<Span> written(Rendered rendered) {
        return Spans.merged(rendered.origins().stream()
                .filter(origin -> !isRole(origin))
                .map(Origin::span)
                .toList());
    }

    private static boolean isRole(Origin origin) {
        return origin.variable().equals("messages") && origin.key().equals("role");
    }

    private interface Use<T> {
        T of(Conversation conversation);
    }

    /**
     * Templates expect the arguments of a tool call as an object; some older ones paste them into their text, which fails
     * on anything but a string. These get the object as JSON.
     */
    private static <T> T withFittingArguments(Conversation conversation, Use<T> use) {
        try {
            return use.of(conversation);
        } catch (JinjaException e) {
            if (!e.kind().equals("TypeError") || !ToolArguments.hasObjects(conversation)) {
                throw e;
            }
            return use.of(ToolArguments.asStrings(conversation));
        }
    }

    private Rendered render(Conversation conversation, boolean generationPrompt) {
        Map<String, Object> variables = new LinkedHashMap<>(conversation.variables());
        variables.putAll(specialTokens);
        variables.put("messages", conversation.messages());
        variables.put("tools", conversation.tools().isEmpty() ? null : conversation.tools());
        variables.put("documents", null);
        variables.put("add_generation_prompt", generationPrompt);
        return template.render(variables, settings);
    }
}
