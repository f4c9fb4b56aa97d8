package ai.luthier.text.jinja;

/**
 * A template that cannot be parsed, or that fails on the variables it was given. {@link #kind()} is the name of the Python
 * exception, {@link #message()} its text; {@link #getMessage()} is {@code line 12: TypeError: …}.
 */
public final class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String kind;
    private final String message;
    private final int line;

    JinjaException(String kind, String message, int line) {
        super((line > 0 ? "line " + line + ": " : "") + kind + ": " + message, null, false, false);
        this.kind = kind;
        this.message = message;
        this.line = line;
    }

    static JinjaException syntax(String message, int line) {
        return new JinjaException("TemplateSyntaxError", message, line);
    }

    static JinjaException type(String message) {
        return new JinjaException("TypeError", message, 0);
    }

    static JinjaException value(String message) {
        return new JinjaException("ValueError", message, 0);
    }

    static JinjaException overflow(String message) {
        return new JinjaException("OverflowError", message, 0);
    }

    static JinjaException attribute(Value value, String name) {
        return new JinjaException(
                "AttributeError", "'" + Values.typeName(value) + "' object has no attribute '" + name + "'", 0);
    }

    static JinjaException argument(String message) {
        return new JinjaException("FilterArgumentError", message, 0);
    }

    static JinjaException undefined(String message) {
        return new JinjaException("UndefinedError", message, 0);
    }

    static JinjaException security(String message) {
        return new JinjaException("SecurityError", message, 0);
    }

    static JinjaException limit(String message) {
        return new JinjaException("LimitExceeded", message, 0);
    }

    /** This failure with the line filled in, where no inner line is known yet. */
    JinjaException at(int where) {
        return line > 0 ? this : new JinjaException(kind, message, where);
    }

    /** The Python exception this stands for: {@code TypeError}, {@code UndefinedError}, {@code TemplateError}, … */
    public String kind() {
        return kind;
    }

    /** The text of the Python exception. */
    public String message() {
        return message;
    }

    /** The line of the template, from 1; 0 where none is known. */
    public int line() {
        return line;
    }
}
