package ai.luthier.engine.export;

import ai.luthier.api.UserError;
import ai.luthier.text.chat.ChatTemplate;
import ai.luthier.text.chat.Conversation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A chat template as Ollama's Go template, where one says the same: the text around the content of every message depends only on its
 * role, with something before the first and before the answer. That is found out by rendering with marks for contents, and then
 * checked on whole conversations; a template that does more has no counterpart here.
 *
 * @param opening before the first message
 * @param before what stands before the content, by role
 * @param after what stands after it
 * @param answer what the model continues
 * @param system the message that the template puts in where there is none
 */
record OllamaTemplate(
        String opening, Map<String, String> before, Map<String, String> after, String answer, Optional<String> system) {

    private static final List<String> ROLES = List.of("system", "user", "assistant");
    private static final String MARK = "m4rk";

    /** The counterpart; empty where there is none that renders the same. */
    static Optional<OllamaTemplate> of(ChatTemplate template) {
        try {
            return guess(template).filter(guess -> guess.agrees(template));
        } catch (UserError refused) {
            return Optional.empty();
        }
    }

    /**
     * Every seam between two contents is the end of one message and the start of the next. Where the border lies inside a seam does
     * not matter, as long as the same ends and starts make all of them: the start of a user's message is the longest end that the
     * seams before it share, the end of one is the longest beginning that the seams after it share.
     */
    private static Optional<OllamaTemplate> guess(ChatTemplate template) {
        String[] seams = render(template, conversation("system", "user", "assistant", "user"))
                .split(MARK + "\\d", -1);
        String[] alone = render(template, conversation("user")).split(MARK + "\\d", -1);
        if (seams.length != 5 || alone.length != 2) {
            return Optional.empty();
        }
        String start = seams[0];
        String first = alone[0];
        String system = seams[1];
        String assistant = seams[3];
        boolean standing =
                first.length() > start.length() + system.length() && first.startsWith(start) && first.endsWith(system);
        String user = commonEnd(system, assistant);
        user = standing ? user : commonEnd(user, first);
        String userEnd = commonStart(seams[2], seams[4]);
        String opening = standing ? "" : without(first, user);
        if (!start.startsWith(opening)) {
            return Optional.empty();
        }
        return Optional.of(new OllamaTemplate(
                opening,
                Map.of(
                        "system", start.substring(opening.length()),
                        "user", user,
                        "assistant", seams[2].substring(userEnd.length())),
                Map.of("system", without(system, user), "user", userEnd, "assistant", without(assistant, user)),
                seams[4].substring(userEnd.length()),
                standing
                        ? Optional.of(first.substring(start.length(), first.length() - system.length()))
                        : Optional.empty()));
    }

    private static String without(String text, String end) {
        return text.substring(0, text.length() - end.length());
    }

    private static String commonStart(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return a.substring(0, length);
    }

    private static String commonEnd(String a, String b) {
        String backwards = commonStart(
                new StringBuilder(a).reverse().toString(),
                new StringBuilder(b).reverse().toString());
        return a.substring(a.length() - backwards.length());
    }

    private boolean agrees(ChatTemplate template) {
        List<List<String>> kinds = List.of(
                List.of("user"),
                List.of("system", "user"),
                List.of("user", "assistant", "user"),
                List.of("system", "user", "assistant", "user", "assistant", "user"));
        return kinds.stream()
                .map(roles -> conversation(roles.toArray(String[]::new)))
                .allMatch(talk -> render(template, talk).equals(render(talk)));
    }

    private static Conversation conversation(String... roles) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (String role : roles) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("role", role);
            message.put("content", MARK + messages.size());
            messages.add(message);
        }
        return Conversation.of(messages);
    }

    private static String render(ChatTemplate template, Conversation conversation) {
        return template.prompt(conversation).text();
    }

    /** What Ollama makes of it. */
    private String render(Conversation conversation) {
        List<Map<String, Object>> messages = new ArrayList<>(conversation.messages());
        if (system.isPresent() && !"system".equals(messages.getFirst().get("role"))) {
            messages.addFirst(Map.of("role", "system", "content", system.get()));
        }
        StringBuilder text = new StringBuilder(opening);
        for (Map<String, Object> message : messages) {
            String role = String.valueOf(message.get("role"));
            text.append(before.get(role)).append(message.get("content")).append(after.get(role));
        }
        return text.append(answer).toString();
    }

    /** The template in Go's language. */
    String go() {
        StringBuilder text = new StringBuilder(literal(opening)).append("{{- range .Messages }}");
        for (String role : ROLES) {
            text.append(
                            role.equals("system")
                                    ? "{{- if eq .Role \"system\" }}"
                                    : "{{- else if eq .Role \"" + role + "\" }}")
                    .append(literal(before.getOrDefault(role, "")))
                    .append("{{ .Content }}")
                    .append(literal(after.getOrDefault(role, "")));
        }
        return text.append("{{- end }}{{- end }}").append(literal(answer)).toString();
    }

    /** As a string of Go, so that blanks around it are nobody's business and braces are text. */
    private static String literal(String text) {
        if (text.isEmpty()) {
            return "";
        }
        StringBuilder quoted = new StringBuilder("{{ \"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                default -> quoted.appendCodePoint(c);
            }
        });
        return quoted.append("\" }}").toString();
    }
}
