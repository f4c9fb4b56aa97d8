package ai.luthier.text.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Which text is learnt, for each template and each kind of conversation, in files to be read: what is learnt stands «so»,
 * what came from data and not from the template is not marked. Rendered text is shown as it is; {@code ¶} ends each sample.
 *
 * <p>{@code -Dluthier.golden=write} writes the files anew; then read the difference.
 */
class MaskContractTest {

    private static final Path GOLDEN = Path.of(
            System.getProperty("luthier.root", ".."), "luthier-text/src/test/resources/ai/luthier/text/chat/spans");

    @Test
    void templatesOfOurOwnMarkTheAnswersAsReadByHand() throws IOException {
        compare(TemplatesUnderTest.own());
    }

    @Test
    void realTemplatesMarkTheAnswersAsReadByHand() throws IOException {
        Map<String, String> templates = TemplatesUnderTest.shared();
        Assumptions.assumeFalse(templates.isEmpty(), () -> "no chat templates at " + TemplatesUnderTest.SHARED);
        compare(templates);
    }

    private static void compare(Map<String, String> templates) throws IOException {
        for (Map.Entry<String, String> template : templates.entrySet()) {
            StringBuilder shown = new StringBuilder();
            for (Map.Entry<String, SampleConversations.Sample> sample :
                    SampleConversations.all().entrySet()) {
                shown.append("=== ").append(sample.getKey()).append('\n');
                shown.append(marked(TemplatesUnderTest.template(template.getValue()), sample.getValue()));
                shown.append("¶\n");
            }
            Path file = GOLDEN.resolve(template.getKey() + ".txt");
            if ("write".equals(System.getProperty("luthier.golden"))) {
                Files.writeString(file, shown);
            }
            assertThat(shown.toString()).as(template.getKey()).isEqualTo(Files.readString(file));
        }
    }

    private static String marked(ChatTemplate template, SampleConversations.Sample sample) {
        try {
            SupervisedText row = template.example(sample.conversation(), sample.supervised());
            StringBuilder text = new StringBuilder(row.text());
            for (Span span : row.supervised().reversed()) {
                text.insert(span.end(), "»").insert(span.start(), "«");
            }
            return text.toString();
        } catch (UserError e) {
            return "refused: " + e.text();
        }
    }
}
