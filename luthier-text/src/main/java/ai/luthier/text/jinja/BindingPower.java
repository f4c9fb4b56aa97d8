package ai.luthier.text.jinja;

/** How tightly the operators of an expression bind; the higher, the tighter. */
final class BindingPower {

    static final int OR = 1;
    static final int AND = 2;
    static final int COMPARE = 3;
    static final int ADD = 4;
    static final int CONCATENATE = 5;
    static final int MULTIPLY = 6;
    static final int POWER = 7;

    private BindingPower() {}

    /** The power of the binary operator that {@code tokens} stands at; 0 where it stands at something else. */
    static int of(TokenStream tokens) {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME ->
                switch (token.text()) {
                    case "or" -> OR;
                    case "and" -> AND;
                    case "in" -> COMPARE;
                    case "not" -> tokens.look().isName("in") ? COMPARE : 0;
                    default -> 0;
                };
            case OPERATOR ->
                switch (token.text()) {
                    case "==", "!=", "<", "<=", ">", ">=" -> COMPARE;
                    case "+", "-" -> ADD;
                    case "~" -> CONCATENATE;
                    case "*", "/", "//", "%" -> MULTIPLY;
                    case "**" -> POWER;
                    default -> 0;
                };
            default -> 0;
        };
    }
}
