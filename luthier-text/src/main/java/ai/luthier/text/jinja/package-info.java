/**
 * Renders Jinja2 chat templates exactly as Python's Jinja2 does when {@code transformers} sets it up, and remembers of
 * every character of the output whether the template wrote it or a variable brought it.
 *
 * <p>Open {@link JinjaTemplate} first; the way of a template through the room is {@code Lexer} → {@code Parser} → the
 * trees {@code Statement} and {@code Expression} → {@code Interpreter} over a {@code Value}.
 *
 * <pre>{@code
 * JinjaTemplate template = JinjaTemplate.parse("{{ bos }}{% for m in messages %}[{{ m.content }}]{% endfor %}");
 * Rendered rendered = template.render(
 *         Map.of("bos", "<s>", "messages", List.of(Map.of("content", "hi"))),
 *         RenderSettings.standard().withControlVariables(Set.of("bos")));
 * rendered.text();   // <s>[hi]
 * rendered.data();   // [4, 6): the "hi"; the brackets and <s> are the template's own
 * }</pre>
 *
 * <p>What is the same as in Python: the whitespace rules of {@code trim_blocks} and {@code lstrip_blocks}, scoping,
 * truth, {@code str()} and {@code repr()}, slices, string and dictionary methods, number formatting, code-point lengths,
 * {@code tojson} with Python's separators and key order, and the texts of the usual errors. What is refused:
 * everything that would mutate a value, and at run time {@code include}, {@code import}, {@code extends}, as Jinja without a
 * loader ({@code transformers} has both); {@code random} of several items and {@code lipsum()}, because a prompt has to be
 * the same each time; bytes, sets and complex numbers. Which names a body sees follows Jinja's own analysis
 * ({@link Frames}); which arguments a call takes is in {@link Signatures}.
 *
 * <p>Invariants: a template is data and never code of this JVM: attributes resolve against a fixed list of Python
 * methods, no reflection anywhere. A render is bounded in steps, nesting and output by {@link RenderSettings}. The clock
 * is a parameter. A parsed template is immutable and may be rendered by any number of threads at once.
 *
 * <p>References: Jinja 3.1 template designer documentation; {@code jinja2/lexer.py} for the whitespace rules;
 * {@code transformers/utils/chat_template_utils.py} for the environment.
 */
@NullMarked
package ai.luthier.text.jinja;

import org.jspecify.annotations.NullMarked;
