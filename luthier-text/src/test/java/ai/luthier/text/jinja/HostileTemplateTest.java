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

    /** Two lists of sixty levels, each holding the one below twice: small, with 2^60 leaves. */
    private static final String TWINS = "{% set a = namespace(x=[1]) %}{% set b = namespace(x=[1]) %}"
            + "{% for i in range(60) %}{% set a.x = [a.x, a.x] %}{% set b.x = [b.x, b.x] %}{% endfor %}";

    private static final String BIG = "{% set s = 'a' * 4000000 %}";

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
                TWINS + "{{ a.x == b.x }}",
                TWINS + "{{ a.x < b.x }}",
                TWINS + "{{ a.x in [b.x] }}",
                TWINS + "{{ a.x | tojson }}",
                TWINS + "{{ a.x }}",
                "{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {ns.t: 1} }}",
                BIG + "{% for i in range(100000) %}{% if 'b' in s %}{% endif %}{% endfor %}",
                BIG + "{% for i in range(100000) %}{% if s == s ~ 'a' %}{% endif %}{% endfor %}",
                BIG + "{% for i in range(100000) %}{% if s[i] == 'b' %}{% endif %}{% endfor %}",
                BIG + "{% for i in range(100000) %}{% set x = s.count('ab') %}{% endfor %}",
                BIG + "{% for i in range(100000) %}{% set x = s | length %}{% endfor %}",
                BIG + "{% for c in s %}{% endfor %}{{ s | list }}{{ s[::-1] }}",
                BIG
                        + "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = ns.l + [s ~ i] %}{% endfor %}",
                "{% set s = 'a ' * 800000 %}{% for i in range(100000) %}{% set x = s.rsplit(none, 700000) %}{% endfor %}",
                "{% set s = '<!--' * 400000 %}{% for i in range(10000) %}{% set x = s | striptags %}{% endfor %}",
                "{% set s = 'a-' * 800000 %}{% for i in range(10000) %}{% set x = s | wordwrap(7) %}{% endfor %}",
                "{% for i in range(100000) %}{% set x = range(100000) | map('upper') %}{% endfor %}",
                "{% for i in range(100000) %}{% set x = range(100000) | sum %}{% endfor %}",
                "{% for i in range(100000) %}{% for j in range(100000) %}{{ '' }}{% endfor %}{% endfor %}",
                "{% for i in range(100000) %}{% set x = {}.items() %}{{ range(100000) | list | length }}{% endfor %}",
                "{{ 'a\tb'.expandtabs(2000000000) }}",
                "{{ [[[1]]] | tojson(indent='x' * 16000000) }}",
                "{{ '{:>{}}'.format(1, 2000000000) }}",
                "{{ '%.2000000000f' % 1 }}{{ '{:.2000000000f}'.format(1) }}",
                "{{ 'x' | indent(2000000000, true) }}",
                "{{ [1] | slice(2000000000) | list }}{{ [1] | batch(2000000000, 'x') | list }}{{ 'x'.zfill(2000000000) }}",
                "{{ 10 ** 20000 * 10 ** 20000 }}",
            })
    void isStopped(String template) {
        Instant begin = Instant.now();
        assertThatThrownBy(() -> JinjaTemplate.parse(template)
                        .render(
                                Map.of("messages", List.of()),
                                RenderSettings.standard().withLimits(1_000_000, 150, 1 << 22)))
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
