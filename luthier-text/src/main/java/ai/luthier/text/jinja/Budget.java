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
        spend(characters >> 4);
    }

    private void spend(long cost) {
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
