package ai.luthier.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A parsed template. Immutable: any number of threads may render it at once. */
public final class JinjaTemplate {

    private final List<Statement> body;
    private final Frames frames;
    private final Set<String> literals = new TreeSet<>();
    private final boolean marksGeneration;

    private JinjaTemplate(List<Statement> body) {
        this.body = body;
        this.frames = Frames.of(body);
        this.marksGeneration = Names.hasGeneration(body);
        Names.literals(body, literals::add);
    }

    /**
     * Parses template source.
     *
     * @throws JinjaException {@code TemplateSyntaxError}, with its line, where it is not a template
     */
    public static JinjaTemplate parse(String source) {
        try {
            return new JinjaTemplate(Parser.parse(source));
        } catch (StackOverflowError e) {
            throw JinjaException.syntax("the template nests deeper than the stack of this thread allows", 1);
        }
    }

    /**
     * The output of the template over {@code variables}, which are maps, lists, strings, numbers, booleans and nulls as
     * Jackson reads them from JSON.
     *
     * @throws JinjaException where the template fails on them, calls {@code raise_exception}, or exceeds a limit
     */
    public Rendered render(Map<String, ?> variables, RenderSettings settings) {
        Sources sources = new Sources();
        Scope given = sources.scope(variables, settings.controlVariables());
        try {
            Scope top = new Scope(given);
            top.set("self", SelfValue.of(body, top));
            return sources.rendered(new Interpreter(settings, frames).render(body, top));
        } catch (StackOverflowError e) {
            throw new JinjaException(
                    "RecursionError", "the template nests deeper than the stack of this thread allows", 1);
        }
    }

    /** Whether the template marks what the assistant writes with {@code {% generation %}}. */
    public boolean marksGeneration() {
        return marksGeneration;
    }

    /** Whether the template itself can write {@code text}: one of its literal pieces contains it. */
    public boolean writes(String text) {
        return literals.stream().anyMatch(literal -> literal.contains(text));
    }
}
