package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code self} of a template: its blocks, to be written again by {@code self.name()}. */
record SelfValue(Map<String, Statement.Block> blocks, Scope scope) implements Value.Attributed {

    static SelfValue of(List<Statement> template, Scope scope) {
        Map<String, Statement.Block> blocks = new HashMap<>();
        Names.blocks(template, block -> blocks.put(block.name(), block));
        return new SelfValue(blocks, scope);
    }

    @Override
    public String type() {
        return "TemplateReference";
    }

    @Override
    public String shown() {
        return "<TemplateReference None>";
    }

    @Override
    public @Nullable Value attribute(String name) {
        Statement.Block block = blocks.get(name);
        return block == null
                ? null
                : new Function(
                        name,
                        (interpreter, args) -> interpreter
                                .callMacro(block.body(), new Scope(scope.top()))
                                .asMarkup(interpreter.escapes()));
    }
}
