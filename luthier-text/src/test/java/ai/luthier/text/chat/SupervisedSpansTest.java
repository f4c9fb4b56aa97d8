package ai.luthier.text.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.text.jinja.Span;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for the spans of every template, whatever they are. */
class SupervisedSpansTest {

    private static Map<String, String> templates() throws IOException {
        Map<String, String> all = new LinkedHashMap<>(TemplatesUnderTest.own());
        all.putAll(TemplatesUnderTest.shared());
        return all;
    }

    @Test
    void theTextBeforeASpanIsThePromptTheServerRendersForTheSameMessages() throws IOException {
        int checked = 0;
        for (Map.Entry<String, String> entry : templates().entrySet()) {
            ChatTemplate template = TemplatesUnderTest.template(entry.getValue());
            for (SampleConversations.Sample sample : SampleConversations.all().values()) {
                checked += checkPrefixes(template, sample, entry.getKey());
            }
        }
        assertThat(checked).isGreaterThan(30);
    }

    private static int checkPrefixes(ChatTemplate template, SampleConversations.Sample sample, String name) {
        SupervisedText row;
        try {
            row = template.example(sample.conversation(), sample.supervised());
        } catch (UserError e) {
            return 0;
        }
        int next = 0;
        for (int i = 0; i < sample.supervised().size(); i++) {
            if (!sample.supervised().get(i)) {
                continue;
            }
            Conversation before = new Conversation(
                    sample.conversation().messages().subList(0, i),
                    sample.conversation().tools(),
                    sample.conversation().variables());
            Prompt prompt = template.prompt(before);
            Span span = row.supervised().get(next++);
            assertThat(row.text().substring(0, span.start())).as(name).isEqualTo(prompt.text());
            assertThat(row.turns())
                    .as(name)
                    .containsAll(prompt.turns())
                    .contains(span.start(), row.supervised().get(next - 1).end());
            assertThat(row.turns().stream().filter(turn -> turn < span.start()).toList())
                    .as(name)
                    .isEqualTo(prompt.turns());
        }
        return next;
    }

    @Test
    void anAnswerThatTheTemplateWouldPutBehindAnotherPromptIsRefusedWithTheReason() {
        ChatTemplate template = TemplatesUnderTest.template(
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}");
        assertThat(refusal(template))
                .contains("message 2")
                .contains("\"<think>\"")
                .contains("\"weight\": 0");
    }

    @Test
    void aTemplateThatSaysNothingOfToolCallsIsRefused() {
        ChatTemplate template = TemplatesUnderTest.template(
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
        SampleConversations.Sample sample = SampleConversations.named("tools");
        assertThat(refusal(template, sample)).contains("message 2").contains("does not render tool calls");
    }

    @Test
    void anErrorOfTheTemplateCarriesItsLineAndMessage() {
        ChatTemplate template =
                TemplatesUnderTest.template("{% if true %}\n{{ raise_exception('No ' ~ 'way') }}{% endif %}");
        assertThat(refusal(template)).contains("line 2").contains("No way");
    }

    private static String refusal(ChatTemplate template) {
        return refusal(template, SampleConversations.named("one turn"));
    }

    private static String refusal(ChatTemplate template, SampleConversations.Sample sample) {
        try {
            template.example(sample.conversation(), sample.supervised());
            return "";
        } catch (UserError e) {
            return e.text();
        }
    }

    @Test
    void anAnswerOfPartsThatTheTemplateDoesNotRenderIsRefused() {
        ChatTemplate template = TemplatesUnderTest.template(
                "{% for m in messages %}<{{ m.role }}>{{ m.content if m.content is string }}</>{% endfor %}"
                        + "{% if add_generation_prompt %}<assistant>{% endif %}");
        Conversation parts = Conversation.of(List.of(
                Map.of("role", "user", "content", "q"),
                Map.of("role", "assistant", "content", List.of(Map.of("type", "text", "text", "a")))));
        assertThatThrownBy(() -> template.example(parts, List.of(false, true)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("renders nothing of its content");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                // the last answer is left open, the earlier ones are closed
                "<|b_start|>{{ m.role }}~{{ m.content }}{{ '' if loop.last and not add_generation_prompt else '<|b_end|>~' }}@<|b_start|>assistant~@a1<|b_end|>@a2",
                "<{{ m.role }}>{{ m.content }}{{ '' if loop.last and not add_generation_prompt else '</s>' }}@<assistant>@a1</s>@a2",
                // nothing ends a turn but the next one
                "<{{ m.role }}>{{ m.content }}@<assistant>@a1@a2",
                "<role>{{ m.role }}</role>{{ m.content }}@<role>assistant</role>@a1@a2",
                "~### {{ m.role }}:~{{ m.content }}@~### assistant:~@a1@a2",
                "<|START|><|{{ m.role }}|>{{ m.content }}@<|START|><|assistant|>@a1@a2",
            })
    void anAnswerEndsWithWhatItsTemplateEndsItWithWhereItStands(
            String turn, String prompt, String first, String second) {
        String source = "{% for m in messages %}" + turn + "{% endfor %}{% if add_generation_prompt %}" + prompt
                + "{% endif %}";
        assertThat(learnt(source.replace('~', '\n'))).containsExactly(first.replace('~', '\n'), second);
    }

    @Test
    void aPromptThatTheTemplateWritesUnaskedIsNotLearnt() {
        assertThat(learnt("{% for m in messages %}{% if m.role == 'user' %}<|user|>{% else %}<|assistant|>{% endif %}"
                        + "{{ m.content }}{% endfor %}<|assistant|>"))
                .containsExactly("a1", "a2");
    }

    @Test
    void ofTwoAnswersInARowNothingIsLearntTwice() {
        ChatTemplate template = TemplatesUnderTest.template(
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ '' if loop.last else '</s>' }}{% endfor %}"
                        + "{% if add_generation_prompt %}{{ '</s><assistant>' if messages[-1].role == 'user' }}{% endif %}");
        SupervisedText row = template.example(
                Conversation.of(List.of(
                        Map.of("role", "user", "content", "q"),
                        Map.of("role", "assistant", "content", "a1"),
                        Map.of("role", "assistant", "content", "a2"))),
                List.of(false, true, true));
        assertThat(row.text()).isEqualTo("<user>q</s><assistant>a1</s><assistant>a2");
        assertThat(row.supervised())
                .containsExactly(new Span(22, 24), new Span(24, row.text().length()));
    }

    /** What is learnt of two turns. */
    private static List<String> learnt(String source) {
        Conversation conversation = Conversation.of(List.of(
                Map.of("role", "user", "content", "q1"),
                Map.of("role", "assistant", "content", "a1"),
                Map.of("role", "user", "content", "q2"),
                Map.of("role", "assistant", "content", "a2")));
        SupervisedText row =
                TemplatesUnderTest.template(source).example(conversation, List.of(false, true, false, true));
        return row.supervised().stream()
                .map(span -> row.text().substring(span.start(), span.end()))
                .toList();
    }

    @Test
    void rolesAreNotDataForTemplatesThatBuildTheirTokensFromThem() {
        ChatTemplate template = TemplatesUnderTest.template(
                "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content }}{% endfor %}");
        Prompt prompt = template.prompt(Conversation.of(List.of(Map.of("role", "user", "content", "hi"))));
        assertThat(prompt.data()).containsExactly(new Span(8, 10));
    }
}
