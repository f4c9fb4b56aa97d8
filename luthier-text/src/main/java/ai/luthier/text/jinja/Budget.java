package ai.luthier.text.jinja;

/** What is left of a render's allowance. One thread, one render. */
final class Budget {

    private final RenderSettings settings;
    private long steps;
    private int depth;

    Budget(RenderSettings settings) {
        this.settings = settings;
        this.steps = settings.maxSteps();
    }

    void step() {
        spend(1);
    }

    /** Pays for {@code characters} that an expression has produced. */
    void produced(int characters) {
        spend(characters >> 3);
    }

    /** Pays for looking at a value: a filter, a method or a comparison may walk all of it. */
    void looked(Value value) {
        switch (value) {
            case Text text -> spend(text.value().length() >> 5);
            case Value.Sequence list -> spend(list.items().size());
            case Value.Tuple tuple -> spend(tuple.items().size());
            case Value.Range range -> spend(range.items().size());
            case Value.View view -> spend(view.items().size());
            case Value.Dict dict -> spend(dict.entries().size());
            default -> {}
        }
    }

    void spend(long cost) {
        steps -= cost;
        if (steps < 0) {
            throw JinjaException.limit("the template does not end within " + settings.maxSteps()
                    + " steps; does a loop or a macro run away?");
        }
    }

    void enter() {
        if (++depth > settings.maxDepth()) {
            throw new JinjaException(
                    "RecursionError", "macros and loops are nested deeper than " + settings.maxDepth(), 0);
        }
    }

    void leave() {
        depth--;
    }

    void output(int characters) {
        if (characters > settings.maxOutput()) {
            throw JinjaException.limit("the output grows beyond " + settings.maxOutput() + " characters");
        }
    }
}
