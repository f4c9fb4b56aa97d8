package ai.luthier.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which characters of the output came from variables: marked «so» here. */
class DataSpansTest {

    private static final Map<String, Object> VARIABLES = variables();

    private static Map<String, Object> variables() {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("bos", "<s>");
        variables.put("x", "ab cd");
        variables.put("pad", "  ab  ");
        variables.put("word", "straße");
        variables.put("tool", Map.of("q", "say \"hi\""));
        variables.put("list", List.of("p", "q"));
        variables.put("n", 42);
        variables.put(
                "messages",
                List.of(Map.of("role", "user", "content", "hi"), Map.of("role", "assistant", "content", "yo")));
        return variables;
    }

    private static Rendered rendered(String template) {
        return JinjaTemplate.parse(template)
                .render(VARIABLES, RenderSettings.standard().withControlVariables(Set.of("bos")));
    }

    private static String marked(String template) {
        Rendered rendered = rendered(template);
        StringBuilder text = new StringBuilder(rendered.text());
        for (Span span : rendered.data().reversed()) {
            text.insert(span.end(), "»").insert(span.start(), "«");
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "[{{ x }}] # [«ab cd»]",
                "{{ bos }}{{ bos + x }}{{ bos ~ x ~ '!' }} # <s><s>«ab cd»<s>«ab cd»!",
                "[{{ '(' + pad.strip() + ')' }}] # [(«ab»)]",
                "{{ pad|trim }}{{ x[1:4] }}{{ x[::-1] }}{{ x[0] }} # «abb cdc baa»",
                "{{ x.split(' ')[0] }}-{{ x.split()|join('+') }} # «ab»-«ab»+«cd»",
                "{{ x.replace('b', '<t>') }}|{{ 'a_b'.replace('_', x) }} # «a»<t>« cd»|a«ab cd»b",
                "{{ x|upper }}.{{ word.upper() }}.{{ word|capitalize }}.{{ x|title }} # «AB CD».«STRASSE».«Straße».«Ab Cd»",
                "{{ tool|tojson }};{{ {'k': x}|tojson }} # «{\"q\": \"say \\\"hi\\\"\"}»;{\"k\": «\"ab cd\"»}",
                "{{ list }}{{ ['t', x] }} # «['p', 'q']»['t', «'ab cd'»]",
                "{{ '%s=%s' % ('k', x) }} {{ '{}:{}'.format(x, 1) }} # k=«ab cd» «ab cd»:1",
                "{{ n }}{{ n + 1 }}{{ 'v%d' % n }}{{ n|string }} # «42»43v42«42»",
                "{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(x) }}{{ m(x)|trim('<>') }} # <«ab cd»>«ab cd»",
                "{% set y %}({{ x }}){% endset %}{{ y }}{{ y|length }} # («ab cd»)7",
                "{% filter upper %}t{{ x }}{% endfilter %} # T«AB CD»",
                "{% for c in x %}{{ c }}.{% endfor %} # «a».«b».« ».«c».«d».",
                "{{ x|replace('ab', 'ab') }}{{ x if x else 't' }}{{ x|default('t') }}{{ missing|default(x) }} # ab« cdab cdab cdab cd»",
                "{{ x|center(9) }}|{{ x|indent(2, true) }}|{{ x|truncate(4, true, '..', 0) }} # `  «ab cd»  |  «ab cd»|«ab»..`",
                "{{ messages[0].role + ':' + messages|map(attribute='content')|join(',') }} # «user»:«hi»,«yo»",
            })
    void followCharactersThroughEveryOperation(String template, String expected) {
        assertThat(marked(template.strip())).isEqualTo(expected);
    }

    @Test
    void originsNameTheMessageAndItsKey() {
        Rendered rendered = rendered("{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}");
        List<String> shown = new ArrayList<>();
        rendered.origins()
                .forEach(o -> shown.add(
                        o.variable() + o.element() + o.key() + o.span().start()));
        assertThat(shown)
                .containsExactly("messages0role0", "messages0content5", "messages1role8", "messages1content18");
    }

    @Test
    void generationSpansGoThroughMacrosFiltersAndCaptures() {
        Rendered rendered =
                rendered("{% macro m() %}({% generation %} {{ x }} {% endgeneration %}){% endmacro %}{{ m() }}"
                        + "{% set y %}{% generation %}z{% endgeneration %}{% endset %}{{ y + '!' }}");
        assertThat(rendered.text()).isEqualTo("( ab cd )z!");
        assertThat(rendered.generation()).containsExactly(new Span(1, 8), new Span(9, 10));
        assertThat(rendered.data()).containsExactly(new Span(2, 7));
    }

    @Test
    void spansCountCodePointsWhereAsked() {
        assertThat(new Span(2, 5).inCodePoints("😀é😀")).isEqualTo(new Span(1, 3));
    }
}
