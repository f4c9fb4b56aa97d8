package ai.luthier.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that want too much: every one ends soon, with an error that names its line. */
class HostileTemplateTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% set x = a %}{% endfor %}{% endfor %}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(n) %}{% for i in range(3) %}{{ f(n + 1) }}{% endfor %}{% endmacro %}{{ f(0) }}",
                "{{ 'x' * 100000000000 }}",
                "{{ [1] * 100000000000 }}",
                "{{ 9 ** (9 ** 9) }}",
                "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[1, 2]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% for i in range(100000) %}{{ 'y' * 10000 }}{% endfor %}",
                "{{ 'a'.center(2000000000) }}",
                "{{ '%2000000d' % 1 }}{{ '%*d' % (100000000000, 1) }}",
                "{{ (1).__class__.__bases__[0].__subclasses__() }}",
                "{{ messages.__class__.forName('java.lang.Runtime') }}",
                "{{ messages.getClass() }}",
                "{{ cycler.__init__.__globals__ }}",
                "{{ messages.append(1) }}",
                "{% include '/etc/passwd' %}",
                "{% import 'os' as os %}",
                "{% extends 'x' %}",
            })
    void isStopped(String template) {
        Instant begin = Instant.now();
        assertThatThrownBy(() -> JinjaTemplate.parse(template)
                        .render(
                                Map.of("messages", List.of()),
                                RenderSettings.standard().withLimits(2_000_000, 150, 1 << 22)))
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.line()).isEqualTo(1));
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void deepNestingIsRefusedWhenParsed() {
        for (String template : List.of(
                "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
                "{{ " + "-".repeat(5000) + "1 }}",
                "{{ " + "not ".repeat(5000) + "1 }}",
                "{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}",
                "{% if 1 %}".repeat(5000) + "{% endif %}".repeat(5000))) {
            assertThatThrownBy(() -> JinjaTemplate.parse(template)).isInstanceOf(JinjaException.class);
        }
    }

    @Test
    void longChainsOfOperatorsAndFiltersRunOrAreRefused() {
        for (String template :
                List.of("{{ 1" + " + 1".repeat(20_000) + " }}", "{{ 'a'" + "|upper".repeat(20_000) + " }}")) {
            try {
                JinjaTemplate.parse(template).render(Map.of(), RenderSettings.standard());
            } catch (JinjaException e) {
                assertThat(e.kind()).isIn("LimitExceeded", "RecursionError", "TemplateSyntaxError");
            }
        }
    }

    @Test
    void anErrorCarriesTheLineItHappenedOn() {
        assertThatThrownBy(() -> JinjaTemplate.parse("a\n{% if true %}\n\n{{ 'x' +\n 1 }}\n{% endif %}")
                        .render(Map.of(), RenderSettings.standard()))
                .hasMessage("line 4: TypeError: can only concatenate str (not \"int\") to str");
        assertThatThrownBy(() -> JinjaTemplate.parse("a\n\n{% if true %}\n"))
                .hasMessageContaining("endif")
                .hasMessageContaining("line 3");
    }

    @Test
    void limitsAreSettings() {
        RenderSettings few = RenderSettings.standard().withLimits(100, 10, 1000);
        assertThatThrownBy(() -> JinjaTemplate.parse(
                                "{% for i in range(200) %}{% endfor %}{% for i in range(200) %}.{% endfor %}")
                        .render(Map.of(), few))
                .hasMessageContaining("100 steps");
    }
}
