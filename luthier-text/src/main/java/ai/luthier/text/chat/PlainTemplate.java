package ai.luthier.text.chat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.JinjaException;
import ai.luthier.text.jinja.JinjaTemplate;
import ai.luthier.text.jinja.RenderSettings;
import ai.luthier.text.jinja.Rendered;
import ai.luthier.text.jinja.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat template over variables taken exactly as the caller gives them, for those who compare implementations: what is not
 * given is undefined, messages are not brought into any form. {@link ChatTemplate} is what trains and serves; the spans of
 * both are found by the same {@link AssistantTurns}. Immutable, safe for any thread.
 */
public final class PlainTemplate {

    private final JinjaTemplate template;
    private final RenderSettings settings;

    private PlainTemplate(JinjaTemplate template, RenderSettings settings) {
        this.template = template;
        this.settings = settings;
    }

    /** @throws JinjaException where {@code source} is not a template, with its line */
    public static PlainTemplate of(String source, RenderSettings settings) {
        return new PlainTemplate(JinjaTemplate.parse(source), settings);
    }

    /** A rendered text and the half-open ranges of it, in UTF-16 offsets, that would be learnt. */
    public record Marked(String text, List<Span> spans) {

        public Marked {
            spans = List.copyOf(spans);
        }
    }

    /** @throws JinjaException where the template fails on the variables, with its line */
    public String text(Map<String, Object> variables) {
        return template.render(variables, settings).text();
    }

    /**
     * The text with what of it is learnt: the assistant's messages, but for those with {@code "weight": 0}.
     *
     * @throws JinjaException where the template fails on the variables, with its line
     * @throws UserError ({@link ErrorCode#INVALID_TRAINING_FILE}) where the place of such a message cannot be determined
     */
    public Marked marked(Map<String, Object> variables) {
        Rendered whole = template.render(variables, settings);
        List<Map<String, Object>> messages = messages(variables);
        AssistantTurns turns = new AssistantTurns(
                (some, generationPrompt) -> template.render(with(variables, some, generationPrompt), settings),
                messages);
        List<Boolean> flags =
                messages.stream().map(message -> !isWeightless(message)).toList();
        return new Marked(whole.text(), turns.supervised(flags, whole, template.marksGeneration()));
    }

    private static boolean isWeightless(Map<String, Object> message) {
        return message.get("weight") instanceof Number weight && weight.doubleValue() == 0;
    }

    private static Map<String, Object> with(
            Map<String, Object> variables, List<Map<String, Object>> messages, boolean generationPrompt) {
        Map<String, Object> changed = new LinkedHashMap<>(variables);
        changed.put("messages", messages);
        changed.put("add_generation_prompt", generationPrompt);
        return changed;
    }

    private static List<Map<String, Object>> messages(Map<String, Object> variables) {
        if (!(variables.get("messages") instanceof List<?> given)) {
            throw notMessages("there is no list \"messages\"");
        }
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Object each : given) {
            if (!(each instanceof Map<?, ?> map)) {
                throw notMessages("entry " + (messages.size() + 1) + " of \"messages\" is not an object");
            }
            Map<String, Object> message = new LinkedHashMap<>();
            map.forEach((key, value) -> message.put(String.valueOf(key), value));
            messages.add(message);
        }
        return messages;
    }

    private static UserError notMessages(String reason) {
        return new UserError(
                ErrorCode.INVALID_TRAINING_FILE, "messages", "spans cannot be determined: " + reason + ".");
    }
}
