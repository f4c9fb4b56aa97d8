package ai.luthier.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Parameters of a header value such as {@code form-data; name="file"; filename="rows.jsonl"}. */
final class HeaderParameters {

    private HeaderParameters() {}

    /** The value of a parameter; {@code name*=UTF-8''…} wins over {@code name=}. */
    static Optional<String> of(String header, String name) {
        Optional<String> extended = find(header, name + "*");
        if (extended.isPresent() && extended.get().toLowerCase(Locale.ROOT).startsWith("utf-8''")) {
            try {
                return Optional.of(
                        URLDecoder.decode(extended.get().substring(7).replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return find(header, name); // A percent sign without two digits: the plain form has to do.
            }
        }
        return find(header, name);
    }

    private static Optional<String> find(String header, String wanted) {
        int at = header.indexOf(';');
        while (at >= 0) {
            int equals = header.indexOf('=', at);
            if (equals < 0) {
                return Optional.empty();
            }
            String name = header.substring(at + 1, equals).strip();
            StringBuilder value = new StringBuilder();
            at = value(header, equals + 1, value);
            if (name.equalsIgnoreCase(wanted)) {
                return Optional.of(value.toString());
            }
        }
        return Optional.empty();
    }

    /** Only quotes and backslashes are escaped; any other backslash is one of a Windows path. */
    private static boolean escape(String header, int at) {
        return header.charAt(at) == '\\'
                && at + 1 < header.length()
                && (header.charAt(at + 1) == '"' || header.charAt(at + 1) == '\\');
    }

    /** Reads a token or a quoted string and returns the offset of the semicolon after it, −1 at the end. */
    private static int value(String header, int from, StringBuilder value) {
        int at = from;
        while (at < header.length() && header.charAt(at) == ' ') {
            at++;
        }
        if (at < header.length() && header.charAt(at) == '"') {
            at++;
            while (at < header.length() && header.charAt(at) != '"') {
                boolean escaped = escape(header, at);
                value.append(header.charAt(escaped ? at + 1 : at));
                at += escaped ? 2 : 1;
            }
            return header.indexOf(';', at);
        }
        int end = header.indexOf(';', at);
        value.append(header.substring(at, end < 0 ? header.length() : end).strip());
        return end;
    }
}
