package ai.luthier.server.http.request;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Refusals of a field in OpenAI's words. Each method returns the error; the caller throws it. */
public final class Complaint {

    private Complaint() {}

    public static UserError missing(String field) {
        return new UserError(ErrorCode.MISSING_VALUE, field, "Missing required parameter: '" + field + "'.");
    }

    static UserError unrecognized(List<String> fields) {
        String message = (fields.size() == 1
                        ? "Unrecognized request argument supplied: "
                        : "Unrecognized request arguments supplied: ")
                + String.join(", ", fields);
        return new UserError(ErrorCode.UNRECOGNIZED_ARGUMENT, null, message);
    }

    public static UserError wrongType(String field, String expected, JsonNode got) {
        return new UserError(
                ErrorCode.INVALID_TYPE,
                field,
                "Invalid type for '" + field + "': expected " + expected + ", but got " + kind(got) + " instead.");
    }

    public static UserError below(String field, long minimum, Object got) {
        return outside(ErrorCode.BELOW_MINIMUM, field, "integer below minimum", ">= " + minimum, got);
    }

    public static UserError above(String field, long maximum, Object got) {
        return outside(ErrorCode.ABOVE_MAXIMUM, field, "integer above maximum", "<= " + maximum, got);
    }

    static UserError below(String field, double minimum, Object got) {
        return outside(ErrorCode.DECIMAL_BELOW_MINIMUM, field, "decimal below minimum", ">= " + plain(minimum), got);
    }

    static UserError above(String field, double maximum, Object got) {
        return outside(ErrorCode.DECIMAL_ABOVE_MAXIMUM, field, "decimal above maximum", "<= " + plain(maximum), got);
    }

    /** For a number that must be more than {@code bound}, not as much. */
    static UserError notAbove(String field, double bound, Object got) {
        return outside(ErrorCode.DECIMAL_BELOW_MINIMUM, field, "decimal below minimum", "> " + plain(bound), got);
    }

    private static UserError outside(ErrorCode code, String field, String what, String expected, Object got) {
        return new UserError(
                code,
                field,
                "Invalid '" + field + "': " + what + " value. Expected a value " + expected + ", but got " + got
                        + " instead.");
    }

    /** A bound as a person writes it: 2, not 2.0. */
    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? String.valueOf((long) bound)
                : String.valueOf(bound);
    }

    static UserError tooLong(String field, String what, int maximum, int got) {
        String article = what.equals("array") ? "an" : "a";
        return new UserError(
                what.equals("string") ? ErrorCode.STRING_TOO_LONG : ErrorCode.INVALID_VALUE,
                field,
                "Invalid '" + field + "': " + what + " too long. Expected " + article + " " + what
                        + " with maximum length " + maximum + ", but got " + article + " " + what + " with length "
                        + got + " instead.");
    }

    static UserError tooShort(String field, String what, int minimum, int got) {
        String article = what.equals("array") ? "an" : "a";
        return new UserError(
                ErrorCode.INVALID_VALUE,
                field,
                "Invalid '" + field + "': " + what + " too short. Expected " + article + " " + what
                        + " with minimum length " + minimum + ", but got " + article + " " + what + " with length "
                        + got + " instead.");
    }

    /** For a string of which {@code pattern} must match the whole. */
    static UserError mismatch(String field, Pattern pattern) {
        return new UserError(
                ErrorCode.INVALID_VALUE,
                field,
                "Invalid '" + field + "': string does not match pattern. Expected a string that matches the pattern '^"
                        + pattern + "$'.");
    }

    public static UserError notOneOf(String field, String got, Collection<String> allowed) {
        String list = allowed.stream().map(value -> "'" + value + "'").collect(Collectors.joining(", "));
        return new UserError(
                ErrorCode.INVALID_VALUE, field, "Invalid value: '" + got + "'. Supported values are: " + list + ".");
    }

    public static UserError invalid(String field, String message) {
        return new UserError(ErrorCode.INVALID_VALUE, field, message);
    }

    /** For what OpenAI allows and this version does not do; {@code instead} says what to send. */
    static UserError unsupported(String field, String value, String instead) {
        return new UserError(
                ErrorCode.UNSUPPORTED_VALUE,
                field,
                "Unsupported value: '" + field + "' does not support " + value + " with this server. " + instead);
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> node.isIntegralNumber() ? "an integer" : "a decimal number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case NULL, MISSING -> "null";
            case BINARY, POJO -> "an unknown value";
        };
    }
}
