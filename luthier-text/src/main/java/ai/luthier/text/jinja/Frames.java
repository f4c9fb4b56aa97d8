package ai.luthier.text.jinja;

import ai.luthier.text.jinja.Statement.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which variables a body cannot see from outside. Jinja compiles every body to a function with local variables: a name
 * that a body assigns before it first reads it is undefined there until then, in the bodies inside it too, even where the
 * caller gave a variable of that name: {@code {% for x in y %}{{ tools }}{% endfor %}{% set tools = 1 %}} never shows
 * {@code tools}. This follows Jinja's own analysis ({@code idtracking.py}), its treatment of branches included.
 */
final class Frames {

    private final IdentityHashMap<List<Statement>, Set<String>> hidden = new IdentityHashMap<>();

    private Frames() {}

    static Frames of(List<Statement> template) {
        Frames frames = new Frames();
        frames.enter(template, new Symbols(null));
        return frames;
    }

    /** The names that are undefined when {@code body} begins, whatever is outside. */
    Set<String> hiddenIn(List<Statement> body) {
        return hidden.getOrDefault(body, Set.of());
    }

    private enum Load {
        UNDEFINED,
        OUTER,
        PARAMETER
    }

    /** What one body does with each name. */
    private static final class Symbols {
        private final @Nullable Symbols parent;
        private final Map<String, Load> loads = new HashMap<>();
        private final Set<String> stores = new HashSet<>();

        Symbols(@Nullable Symbols parent) {
            this.parent = parent;
        }

        Symbols copy() {
            Symbols copy = new Symbols(parent);
            copy.loads.putAll(loads);
            copy.stores.addAll(stores);
            return copy;
        }

        boolean knows(String name) {
            return loads.containsKey(name) || (parent != null && parent.knows(name));
        }

        void read(String name) {
            if (!knows(name)) {
                loads.put(name, Load.OUTER);
            }
        }

        void store(String name) {
            stores.add(name);
            if (!loads.containsKey(name)) {
                loads.put(name, parent != null && parent.knows(name) ? Load.OUTER : Load.UNDEFINED);
            }
        }

        void parameter(String name) {
            stores.add(name);
            loads.put(name, Load.PARAMETER);
        }

        /** What only some branches assign comes from outside in the others. */
        void merge(List<Symbols> branches) {
            Set<String> assigned = new HashSet<>();
            branches.forEach(branch -> assigned.addAll(branch.stores));
            assigned.removeAll(stores);
            branches.forEach(branch -> {
                loads.putAll(branch.loads);
                stores.addAll(branch.stores);
            });
            assigned.forEach(name -> loads.put(name, Load.OUTER));
        }
    }

    /** Analyses {@code body} whole, then the bodies inside it. */
    private void enter(List<Statement> body, Symbols symbols) {
        body.forEach(statement -> visit(statement, symbols));
        Set<String> undefined = new HashSet<>();
        symbols.loads.forEach((name, load) -> {
            if (load == Load.UNDEFINED) {
                undefined.add(name);
            }
        });
        if (!undefined.isEmpty()) {
            hidden.put(body, undefined);
        }
        body.forEach(statement -> inside(statement, symbols));
    }

    private static void read(@Nullable Expression expression, Symbols symbols) {
        if (expression != null) {
            Names.reads(expression, symbols::read);
        }
    }

    /** What a statement itself reads and assigns in the body it stands in. */
    private static void visit(Statement statement, Symbols symbols) {
        switch (statement) {
            case Statement.Output output -> read(output.expression(), symbols);
            case Statement.If branches -> branch(branches.branches(), branches.otherwise(), symbols);
            case Statement.For loop -> read(loop.iterable(), symbols);
            case Statement.Set set -> {
                read(set.value(), symbols);
                store(set.target(), symbols);
            }
            case Statement.SetBlock set -> store(set.target(), symbols);
            case Statement.FilterBlock filter -> read(filter.value(), symbols);
            case Statement.MacroDefinition macro ->
                symbols.store(macro.signature().name());
            case Statement.CallBlock call -> read(call.call(), symbols);
            case Statement.With with -> with.values().forEach(value -> read(value, symbols));
            case Statement.Literal l -> {}
            case Statement.Generation g -> {}
            case Statement.Block b -> {}
            case Statement.Autoescape a -> {}
            case Statement.Load l -> {}
            case Statement.Break b -> {}
            case Statement.Continue c -> {}
        }
    }

    /** An {@code elif} is an {@code if} of its own inside the branch beside the first. */
    private static void branch(List<Statement.If.Branch> branches, List<Statement> otherwise, Symbols symbols) {
        Statement.If.Branch first = branches.getFirst();
        read(first.condition(), symbols);
        List<Symbols> parts = new ArrayList<>();
        Symbols body = symbols.copy();
        first.body().forEach(statement -> visit(statement, body));
        parts.add(body);
        Symbols elif = symbols.copy();
        branches.subList(1, branches.size()).forEach(next -> branch(List.of(next), List.of(), elif));
        parts.add(elif);
        Symbols last = symbols.copy();
        otherwise.forEach(statement -> visit(statement, last));
        parts.add(last);
        symbols.merge(parts);
    }

    private static void store(Target target, Symbols symbols) {
        switch (target) {
            case Target.Variable variable -> symbols.store(variable.name());
            case Target.Unpacked unpacked -> unpacked.targets().forEach(each -> store(each, symbols));
            case Target.NamespaceAttribute attribute -> symbols.read(attribute.namespace());
        }
    }

    private static void parameters(Target target, Symbols symbols) {
        switch (target) {
            case Target.Variable variable -> symbols.parameter(variable.name());
            case Target.Unpacked unpacked -> unpacked.targets().forEach(each -> parameters(each, symbols));
            case Target.NamespaceAttribute attribute -> symbols.read(attribute.namespace());
        }
    }

    /** The bodies of a statement. */
    private void inside(Statement statement, Symbols symbols) {
        switch (statement) {
            case Statement.If branches -> {
                branches.branches().forEach(branch -> branch.body().forEach(inner -> inside(inner, symbols)));
                branches.otherwise().forEach(inner -> inside(inner, symbols));
            }
            case Statement.For loop -> {
                Symbols body = new Symbols(symbols);
                body.parameter("loop");
                parameters(loop.target(), body);
                enter(loop.body(), body);
                enter(loop.otherwise(), new Symbols(symbols));
            }
            case Statement.MacroDefinition macro -> callable(macro.signature(), macro.body(), symbols);
            case Statement.CallBlock call -> callable(call.signature(), call.body(), symbols);
            case Statement.Generation generation -> enter(generation.body(), new Symbols(symbols));
            case Statement.With with -> {
                Symbols body = new Symbols(symbols);
                with.targets().forEach(target -> parameters(target, body));
                enter(with.body(), body);
            }
            case Statement.SetBlock set -> enter(set.body(), new Symbols(symbols));
            case Statement.FilterBlock filter -> enter(filter.body(), new Symbols(symbols));
            case Statement.Block block -> enter(block.body(), new Symbols(null));
            case Statement.Autoescape autoescape -> enter(autoescape.body(), new Symbols(symbols));
            case Statement.Literal l -> {}
            case Statement.Output o -> {}
            case Statement.Set s -> {}
            case Statement.Load l -> {}
            case Statement.Break b -> {}
            case Statement.Continue c -> {}
        }
    }

    private void callable(Statement.Signature signature, List<Statement> body, Symbols symbols) {
        Symbols inner = new Symbols(symbols);
        signature.parameters().forEach(inner::parameter);
        signature.defaults().forEach(value -> read(value, inner));
        for (String special : List.of("caller", "kwargs", "varargs")) {
            if (signature.takes(special)) {
                inner.parameter(special);
            }
        }
        enter(body, inner);
    }
}
