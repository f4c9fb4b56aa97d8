package ai.luthier.text.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Python's {@code datetime.strftime} in the C locale. The time is naive there, so {@code %z} and {@code %Z} are empty. */
final class Strftime {

    private Strftime() {}

    static String format(String format, ZonedDateTime time) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%' || at == format.length()) {
                out.append(c);
                continue;
            }
            int from = at;
            while (at < format.length() && "-_0^#".indexOf(format.charAt(at)) >= 0) {
                at++;
            }
            String flags = format.substring(from, at);
            int digits = at;
            while (at < format.length() && at - digits < 4 && Character.isDigit(format.charAt(at))) {
                at++;
            }
            int width = at == digits ? 0 : Integer.parseInt(format.substring(digits, at));
            boolean modified = at + 1 < format.length() && "EO".indexOf(format.charAt(at)) >= 0;
            at += modified ? 1 : 0;
            if (at == format.length()) {
                out.append(format, from - 1, at);
                break;
            }
            char directive = format.charAt(at++);
            String shown = field(directive, time);
            boolean known = !shown.equals("%" + directive) || directive == '%';
            out.append(known ? changed(shown, flags, width) : format.substring(from - 1, at));
        }
        return out.toString();
    }

    /** glibc's flags: no padding, padding by blanks or zeros, upper case; and a least width. */
    private static String changed(String field, String flags, int width) {
        String shown = field;
        boolean number = !shown.isEmpty() && shown.strip().chars().allMatch(Character::isDigit);
        if (number && (flags.indexOf('-') >= 0 || flags.indexOf('_') >= 0 || flags.indexOf('0') >= 0 || width > 0)) {
            int natural = shown.length();
            String bare = shown.strip();
            int lead = 0;
            while (lead < bare.length() - 1 && bare.charAt(lead) == '0') {
                lead++;
            }
            bare = bare.substring(lead);
            boolean blanks = flags.indexOf('_') >= 0 || (flags.indexOf('0') < 0 && shown.startsWith(" "));
            int wanted = flags.indexOf('-') >= 0 ? 0 : Math.max(width, natural);
            return (blanks ? " " : "0").repeat(Math.max(0, wanted - bare.length())) + bare;
        }
        if (flags.indexOf('^') >= 0 || flags.indexOf('#') >= 0) {
            shown = shown.toUpperCase(Locale.ROOT);
        }
        return " ".repeat(Math.max(0, width - shown.length())) + shown;
    }

    private static String field(char directive, ZonedDateTime time) {
        return switch (directive) {
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
            case 'C' -> two(time.getYear() / 100);
            case 'd' -> two(time.getDayOfMonth());
            case 'D', 'x' -> format("%m/%d/%y", time);
            case 'e' -> String.format("%2d", time.getDayOfMonth());
            case 'f' -> String.format("%06d", time.getNano() / 1000);
            case 'F' -> format("%Y-%m-%d", time);
            case 'g' -> two(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> two(time.getHour());
            case 'I' -> two((time.getHour() + 11) % 12 + 1);
            case 'k' -> String.format("%2d", time.getHour());
            case 'l' -> String.format("%2d", (time.getHour() + 11) % 12 + 1);
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'j' -> String.format("%03d", time.getDayOfYear());
            case 'm' -> two(time.getMonthValue());
            case 'M' -> two(time.getMinute());
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'r' -> format("%I:%M:%S %p", time);
            case 'R' -> format("%H:%M", time);
            case 's' -> String.valueOf(time.toEpochSecond());
            case 'S' -> two(time.getSecond());
            case 't' -> "\t";
            case 'T', 'X' ->
                DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).format(time);
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'U' -> two((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'W' -> two((time.getDayOfYear() + 7 - time.getDayOfWeek().getValue()) / 7);
            case 'y' -> two(time.get(ChronoField.YEAR) % 100);
            case 'Y' -> String.valueOf(time.getYear());
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static String two(int number) {
        return String.format("%02d", number);
    }
}
