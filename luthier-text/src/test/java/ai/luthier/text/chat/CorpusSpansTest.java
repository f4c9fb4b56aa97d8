package ai.luthier.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What is learnt with every template of the corpus, for each kind of conversation, in a file to be read: a line for each
 * answer, what is learnt «so», with the few characters of the render around it.
 *
 * <p>{@code -Dluthier.golden=write} writes the file anew; then read the difference, template by template.
 */
class CorpusSpansTest {

    private static final Path GOLDEN = Path.of(
            System.getProperty("luthier.root", ".."),
            "luthier-text/src/test/resources/ai/luthier/text/chat/corpus-spans.txt");

    private static final Clock THAT_DAY = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

    /** Plain templates whose twin with marks is compared in {@link AssistantMaskOracleTest}. */
    private static final String TWIN = "_training";

    private int rows;
    private int refused;

    @Test
    void everyTemplateMarksTheAnswersAsReadByHand() throws IOException {
        Map<String, String> templates = TemplatesUnderTest.corpus();
        Assumptions.assumeFalse(templates.isEmpty(), () -> "no chat templates at " + TemplatesUnderTest.SHARED);
        StringBuilder shown = new StringBuilder();
        templates.forEach((name, source) -> {
            shown.append("== ").append(name).append('\n');
            ChatTemplate template = TemplatesUnderTest.template(source).withClock(THAT_DAY);
            SampleConversations.all()
                    .forEach((kind, sample) -> shown.append(kind)
                            .append(": ")
                            .append(marked(template, sample))
                            .append('\n'));
        });
        if ("write".equals(System.getProperty("luthier.golden"))) {
            Files.writeString(GOLDEN, shown);
        }
        Set<String> twins = templates.keySet().stream()
                .filter(name -> name.endsWith(TWIN) || templates.containsKey(name + TWIN))
                .collect(Collectors.toSet());
        System.out.printf(
                "supervised spans: %d templates x %d kinds of conversation = %d rows, %d of them refused with a reason;"
                        + " %d templates have an independent oracle (a marked twin, or are one)%n",
                templates.size(), SampleConversations.all().size(), rows, refused, twins.size());
        assertThat(shown.toString().lines().toList())
                .isEqualTo(Files.readString(GOLDEN).lines().toList());
    }

    private String marked(ChatTemplate template, SampleConversations.Sample sample) {
        rows++;
        SupervisedText row;
        try {
            row = template.example(sample.conversation(), sample.supervised());
        } catch (UserError e) {
            refused++;
            String reason = e.text();
            int tail = reason.indexOf(" Give that message");
            return "refused: " + (tail < 0 ? reason : reason.substring(0, tail)).replace("\n", "⏎");
        }
        return row.supervised().stream().map(span -> around(row.text(), span)).collect(Collectors.joining(" … "));
    }

    private static String around(String text, Span span) {
        String before = text.substring(Math.max(0, span.start() - 14), span.start());
        String after = text.substring(span.end(), Math.min(text.length(), span.end() + 6));
        return (before + "«" + text.substring(span.start(), span.end()) + "»" + after).replace("\n", "⏎");
    }
}
