package ai.luthier.text.chat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.JinjaException;
import ai.luthier.text.jinja.Origin;
import ai.luthier.text.jinja.Rendered;
import ai.luthier.text.jinja.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the assistant's turns lie in the render of a conversation.
 *
 * <p>No template says so, and searching for marker strings finds those in the content too. So the template is asked, by
 * rendering prefixes. For the assistant message i:
 *
 * <pre>
 * A = render(messages[0, i), with the generation prompt)   what the server feeds
 * B = render(messages[0, i])                               what it is meant to become
 * T = render(messages)                                     what is trained
 * </pre>
 *
 * <ol>
 *   <li>A must be a prefix of B, else the model would be trained behind a prompt it never gets: the turn cannot be
 *       learnt and the row is refused. The turn begins at |A|.
 *   <li>B without A is the answer, the end-of-turn token, and what the template puts between turns or behind the last one.
 *       What follows the message's last character in B and, with a user's message added, in C, agrees as far as the turn
 *       reaches; whitespace at its end belongs to the gap between turns. The turn ends there.
 *   <li>T goes on with the same text, unless the template shows an answer differently once the conversation has moved on (a
 *       think block is dropped, with the {@code <think>} that the prompt ends with). Then T must be A and that text with one
 *       piece left out, which is checked; the span is what is left of the text.
 * </ol>
 *
 * <p>Characters of a message are recognised by their {@link Origin}, never by comparing text. One thread.
 */
final class AssistantTurns {

    /** Renders messages with everything else that the template is given; fails as the template does. */
    @FunctionalInterface
    interface Renderer {
        Rendered render(List<Map<String, Object>> messages, boolean generationPrompt);
    }

    private final Renderer template;
    private final List<Map<String, Object>> messages;
    private final Map<Integer, String> prompts = new HashMap<>();
    private final Map<Integer, Answer> answers = new HashMap<>();

    AssistantTurns(Renderer template, List<Map<String, Object>> messages) {
        this.template = template;
        this.messages = messages;
    }

    /** Whether the message is one that a model writes. */
    static boolean isAssistant(Map<String, Object> message) {
        return "assistant".equals(message.get("role"));
    }

    /**
     * What is learnt of a render: the turns of the messages whose flag is set, narrowed to what the template marks with
     * {@code {% generation %}} where it marks anything.
     *
     * @param flags one for each message; those of messages that are not the assistant's do not count
     * @throws UserError where the place of one of them cannot be determined
     */
    List<Span> supervised(List<Boolean> flags, Rendered whole, boolean marksGeneration) {
        List<Span> supervised = new ArrayList<>();
        for (int message = 0; message < flags.size(); message++) {
            if (flags.get(message) && isAssistant(messages.get(message))) {
                Span turn = locate(message, whole);
                List<Span> learnt = marksGeneration ? Spans.common(whole.generation(), turn) : List.of(turn);
                learnt.stream().filter(span -> !span.isEmpty()).forEach(span -> append(span, supervised));
            }
        }
        return supervised;
    }

    /** Where answer follows on answer, the token between them may end the one and open the other: it is learnt once. */
    private static void append(Span span, List<Span> supervised) {
        if (!supervised.isEmpty() && supervised.getLast().end() > span.start()) {
            Span last = supervised.removeLast();
            supervised.add(new Span(last.start(), span.start()));
        }
        supervised.add(span);
    }

    /**
     * Where turns of the assistant begin and end in a render, ascending: of each turn that can be located both, of a turn whose
     * prompt alone is a prefix of the render its beginning.
     */
    List<Integer> borders(Rendered whole) {
        TreeSet<Integer> borders = new TreeSet<>();
        for (int message = 0; message < messages.size(); message++) {
            if (isAssistant(messages.get(message))) {
                start(message, whole).ifPresent(borders::add);
                span(message, whole).ifPresent(turn -> {
                    borders.add(turn.start());
                    borders.add(turn.end());
                });
            }
        }
        return List.copyOf(borders);
    }

    private Optional<Integer> start(int message, Rendered whole) {
        return tryPrompt(message).filter(whole.text()::startsWith).map(String::length);
    }

    private Optional<Span> span(int message, Rendered whole) {
        try {
            return Optional.of(locate(message, whole));
        } catch (UserError unknown) {
            return Optional.empty();
        }
    }

    private Optional<String> tryPrompt(int message) {
        try {
            return Optional.of(prompt(message));
        } catch (JinjaException e) {
            return Optional.empty();
        }
    }

    /** A of step 1. */
    private String prompt(int message) {
        String known = prompts.get(message);
        if (known != null) {
            return known;
        }
        String rendered = template.render(messages.subList(0, message), true).text();
        prompts.put(message, rendered);
        return rendered;
    }

    /**
     * The span of a turn in a render.
     *
     * @throws UserError where it cannot be determined
     */
    Span locate(int message, Rendered whole) {
        Answer answer = answer(message);
        int start = start(message, whole).orElseGet(() -> parting(message, whole));
        for (String closing : answer.closings()) {
            String text = answer.own() + closing;
            if (whole.text().startsWith(text, start)) {
                return new Span(start, start + text.length());
            }
        }
        return rewritten(message, answer, whole, start);
    }

    /**
     * The answer alone: B without A, through its last own character, and what ends its turn: as the last one of a conversation,
     * and as an earlier one where the template ends that differently.
     */
    private record Answer(String own, List<String> closings) {}

    private Answer answer(int message) {
        Answer known = answers.get(message);
        if (known == null) {
            known = renderedAnswer(message);
            answers.put(message, known);
        }
        return known;
    }

    private Answer renderedAnswer(int message) {
        String prompt;
        Rendered shown;
        try {
            prompt = prompt(message);
            shown = template.render(messages.subList(0, message + 1), false);
        } catch (JinjaException e) {
            throw refused(message, "the template refuses the conversation up to it: " + e.getMessage());
        }
        if (!shown.text().startsWith(prompt)) {
            throw refused(
                    message,
                    "the prompt the model would be given is no beginning of what the template renders with the answer"
                            + " (the prompt goes on with " + difference(prompt, shown.text())
                            + "). Give that message \"weight\": 0, or write the answer in the form the prompt begins");
        }
        if (callsTools(message)
                && shown.origins().stream()
                        .noneMatch(o -> isOf(message, o) && o.key().equals("tool_calls"))) {
            throw refused(
                    message,
                    "it calls a tool, and the template does not render tool calls. Give that message \"weight\": 0, or take a base"
                            + " whose template knows tools");
        }
        if (says(messages.get(message).get("content"))
                && ownEnds(message, shown).isEmpty()) {
            throw refused(
                    message,
                    "the template renders nothing of its content. Give that message \"weight\": 0, or write the content in the"
                            + " form that the template takes: as a string, or as parts");
        }
        int ownEnd = Math.max(prompt.length(), ownEnds(message, shown).stream().reduce(0, Math::max));
        return new Answer(
                shown.text().substring(prompt.length(), ownEnd),
                closings(message, shown.text().substring(ownEnd)));
    }

    private static String difference(String prompt, String shown) {
        int same = Texts.commonPrefix(prompt, shown);
        return "\"" + Texts.shortened(prompt.substring(same)) + "\" where the row has \""
                + Texts.shortened(shown.substring(same)) + "\"";
    }

    /** Where runs of characters of the message end in a render, ascending; its role does not count. */
    private static List<Integer> ownEnds(int message, Rendered rendered) {
        List<Integer> ends = new ArrayList<>();
        for (Origin origin : rendered.origins()) {
            if (isOf(message, origin) && !origin.key().equals("role")) {
                ends.add(origin.span().end());
            }
        }
        return ends;
    }

    private static boolean isOf(int message, Origin origin) {
        return origin.variable().equals("messages") && origin.element() == message;
    }

    private boolean callsTools(int message) {
        return messages.get(message).get("tool_calls") instanceof List<?> calls && !calls.isEmpty();
    }

    /** Whether a content is more than blanks: a string, or parts of which one has text. */
    private static boolean says(@Nullable Object content) {
        return switch (content) {
            case String text -> !text.isBlank();
            case List<?> parts ->
                parts.stream().anyMatch(part -> says(part instanceof Map<?, ?> map ? map.get("text") : part));
            case null, default -> false;
        };
    }

    /** Of what follows the message at the end of B, the part that ends its turn: step 2. */
    private List<String> closings(int message, String tail) {
        Optional<String> continued = continued(message, "user").or(() -> continued(message, "tool"));
        if (tail.isBlank() || (continued.isPresent() && opensNextTurn(message, tail, continued.get()))) {
            return Stream.concat(continued.stream().map(next -> earlierEnd(message, next)), Stream.of(""))
                    .distinct()
                    .toList();
        }
        String last = Texts.isOneToken(tail)
                ? tail.stripTrailing() // whatever follows cannot part it
                : Texts.commonTurnEnd(tail, continued.orElse(tail));
        boolean same = continued.isEmpty() || continued.get().startsWith(last);
        return same ? List.of(last) : List.of(last, Texts.commonTurnEnd(continued.get(), tail));
    }

    /** Whether what ends B is the prompt of the next answer, which the template writes unasked, and nothing of this one. */
    private boolean opensNextTurn(int message, String tail, String continued) {
        return prompt(message).endsWith(tail)
                && tail.substring(0, Texts.commonTokens(tail, continued)).isBlank();
    }

    /** The end of an earlier answer where the template ends the last one of a conversation with nothing. */
    private String earlierEnd(int message, String continued) {
        return continued(message, "assistant")
                .or(() -> continued(message, "system"))
                .map(other -> Texts.commonEnding(continued, other))
                .orElse("");
    }

    /** What follows the message once another one of {@code role} has come; empty where the template refuses that. */
    private Optional<String> continued(int message, String role) {
        List<Map<String, Object>> more = new ArrayList<>(messages.subList(0, message + 1));
        more.add(Map.of("role", role, "content", "x"));
        try {
            Rendered continued = template.render(more, false);
            List<Integer> ends = ownEnds(message, continued);
            int from = ends.isEmpty() ? prompt(message).length() : ends.getLast();
            return from <= continued.text().length()
                    ? Optional.of(continued.text().substring(from))
                    : Optional.empty();
        } catch (JinjaException e) {
            return Optional.empty();
        }
    }

    /**
     * Step 3 where the piece that is left out begins in the prompt already: the render goes another way within what opens the
     * turn, after all earlier messages and before any character of this one.
     */
    private int parting(int message, Rendered whole) {
        int same = Texts.commonTokens(prompt(message), whole.text());
        for (Origin origin : whole.origins()) {
            boolean written =
                    origin.variable().equals("messages") && !origin.key().equals("role");
            boolean inPlace = origin.element() < message
                    ? origin.span().end() < same
                    : origin.span().start() >= same;
            if (written && !inPlace) {
                throw refused(
                        message,
                        "later messages change how the template renders the ones before it, so the text before this answer"
                                + " is not what the model would be given to answer. Give that message \"weight\": 0, or end the"
                                + " row with it");
            }
        }
        return same;
    }

    /** Step 3: the longest text behind {@code start} that is the answer with one piece left out and ends as it ends. */
    private Span rewritten(int message, Answer answer, Rendered whole, int start) {
        List<Integer> ends = new ArrayList<>(ownEnds(message, whole));
        ends.add(start);
        int best = -1;
        for (int ownEnd : ends) {
            for (String closing : answer.closings()) {
                int end = ownEnd + closing.length();
                if (ownEnd >= start
                        && whole.text().startsWith(closing, ownEnd)
                        && Texts.isWithOnePieceLeftOut(whole.text().substring(start, end), answer.own() + closing)) {
                    best = Math.max(best, end);
                }
            }
        }
        if (best <= start) {
            throw refused(
                    message,
                    "the template shows this answer differently in the whole conversation than as its last message, and"
                            + " the two cannot be matched. Give that message \"weight\": 0, or end the row with it");
        }
        return new Span(start, best);
    }

    private static UserError refused(int message, String reason) {
        return new UserError(
                ErrorCode.INVALID_TRAINING_FILE,
                null,
                "message " + (message + 1) + " cannot be learnt with this model's chat template: " + reason + ".");
    }
}
