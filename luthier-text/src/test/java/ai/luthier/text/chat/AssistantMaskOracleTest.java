package ai.luthier.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Spans found on plain templates, against the assistant mask of {@code transformers} over their {@code _training} twins
 * ({@code tools/oracles/assistant_masks.py}), which we clip: what a mask covers before the answer begins (a newline of the
 * prompt) or after the end of the turn (the newline behind it, the end of the conversation) is not learnt.
 */
class AssistantMaskOracleTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static JsonNode golden = JSON.nullNode();

    private int compared;
    private int otherText;
    private int refused;
    private final List<String> failures = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = Objects.requireNonNull(AssistantMaskOracleTest.class.getResourceAsStream("masks.json"))) {
            golden = JSON.readTree(in);
        }
        Assumptions.assumeTrue(
                Files.exists(TemplatesUnderTest.SHARED), () -> "no chat templates at " + TemplatesUnderTest.SHARED);
    }

    @Test
    void plainTemplatesMarkWhatTheirTrainingTwinsMark() throws IOException {
        compareAll("");
        System.out.printf(
                "assistant masks: %d rows equal the mask of transformers, %d rows refused, %d rows whose twin writes another text%n",
                compared - failures.size(), refused, otherText);
        assertThat(failures).isEmpty();
        assertThat(compared).isGreaterThanOrEqualTo(30);
    }

    @Test
    void trainingTwinsThemselvesMarkNothingOutsideTheirMasks() throws IOException {
        compareAll("_training");
        System.out.printf("training twins: %d rows equal, %d refused%n", compared - failures.size(), refused);
        assertThat(failures).isEmpty();
        assertThat(compared).isGreaterThanOrEqualTo(60);
    }

    private void compareAll(String suffix) throws IOException {
        for (Map.Entry<String, JsonNode> twin : golden.get("twins").properties()) {
            Path file = TemplatesUnderTest.SHARED.resolve(twin.getKey().replace("_training", suffix) + ".jinja");
            if (!Files.exists(file)) {
                continue;
            }
            ChatTemplate template = TemplatesUnderTest.template(Files.readString(file));
            for (Map.Entry<String, JsonNode> row : twin.getValue().properties()) {
                if (row.getValue().has("sha256")) {
                    compare(template, twin.getKey() + ", " + row.getKey(), conversation(row.getKey()), row.getValue());
                }
            }
        }
    }

    private void compare(ChatTemplate template, String name, Conversation conversation, JsonNode mask) {
        SupervisedText row;
        try {
            List<Boolean> all = new ArrayList<>();
            conversation.messages().forEach(message -> all.add("assistant".equals(message.get("role"))));
            row = template.example(conversation, all);
        } catch (UserError refusal) {
            assertThat(refusal.text()).as(name).contains("message");
            refused++;
            return;
        }
        if (!sha256(row.text()).equals(mask.get("sha256").asString())) {
            otherText++;
            return;
        }
        compared++;
        List<Span> masks = new ArrayList<>();
        for (JsonNode span : mask.get("spans")) {
            int start = row.text().offsetByCodePoints(0, span.get(0).asInt());
            masks.add(
                    new Span(start, row.text().offsetByCodePoints(0, span.get(1).asInt())));
        }
        if (!sameAfterClipping(row, masks)) {
            failures.add(
                    name + ": the mask covers " + shown(row, masks) + " but we learn " + shown(row, row.supervised()));
        }
    }

    private static List<String> shown(SupervisedText row, List<Span> spans) {
        return spans.stream()
                .map(span -> row.text().substring(span.start(), span.end()))
                .toList();
    }

    /** Ours is the mask without what the prompt writes already and without what follows the end of the turn. */
    private static boolean sameAfterClipping(SupervisedText row, List<Span> masks) {
        if (row.supervised().size() != masks.size()) {
            return false;
        }
        for (int i = 0; i < masks.size(); i++) {
            Span ours = row.supervised().get(i);
            Span mask = masks.get(i);
            String before = row.text().substring(Math.min(mask.start(), ours.start()), ours.start());
            String after = row.text().substring(ours.end(), Math.max(mask.end(), ours.end()));
            // That a prompt ends where a turn begins is what SupervisedSpansTest shows.
            boolean begins = before.isEmpty() || row.turns().contains(ours.start());
            boolean ends = after.isBlank() || after.strip().equals("</s>");
            if (!mask.contains(ours) || !begins || !ends) {
                return false;
            }
        }
        return true;
    }

    private static Conversation conversation(String name) {
        @SuppressWarnings("unchecked")
        Map<String, Object> stored =
                JSON.convertValue(golden.get("conversations").get(name), Map.class);
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> messages = (List<Map<String, Object>>) Objects.requireNonNull(stored.get("messages"));
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> tools = (List<Map<String, Object>>) stored.getOrDefault("tools", List.of());
        return new Conversation(messages, tools, Map.of());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
