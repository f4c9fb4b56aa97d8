package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filter {@code urlize}: web and mail addresses become HTML links, by the rules of Jinja's {@code urlize}. */
final class Urlize {

    private static final Pattern WEB = Pattern.compile(
            "^((https?://|www\\.)(([\\w%-]+\\.)+)?([a-z]{2,63}|xn--[\\w%]{2,59})"
                    + "|([\\w%-]{2,63}\\.)+(com|net|int|edu|gov|org|info|mil)"
                    + "|(https?://)((([\\d]{1,3})(\\.[\\d]{1,3}){3})|(\\[([\\da-f]{0,4}:){2}([\\da-f]{0,4}:?){1,6}\\])))"
                    + "(?::[\\d]{1,5})?(?:[/?#]\\S*)?$",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern MAIL = Pattern.compile("^\\S+@\\w[\\w.-]*\\.\\w+$", Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern SCHEME = Pattern.compile("([\\w.+-]{2,}:(/){0,2})", Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern LEAD = Pattern.compile("^([(<]|&lt;)+");

    private static final Pattern TRAIL = Pattern.compile("([)>.,\n]|&gt;)+$");

    private static final List<List<String>> PAIRS =
            List.of(List.of("(", ")"), List.of("<", ">"), List.of("&lt;", "&gt;"));

    private final Args args;
    private final String attributes;
    private final List<String> schemes = new ArrayList<>();

    private Urlize(Args args) {
        this.args = args;
        TreeSet<String> relations = new TreeSet<>(List.of("noopener"));
        Value given = args.get(3, "rel", Value.None.NONE);
        if (Values.truth(given)) {
            Cutting.split(Values.expectText(given), null, -1).forEach(part -> relations.add(((Text) part).value()));
        }
        if (args.flag(1, "nofollow", false)) {
            relations.add("nofollow");
        }
        Value target = args.get(2, "target", Value.None.NONE);
        this.attributes = " rel=\""
                + Html.escape(Text.of(String.join(" ", relations))).value() + "\""
                + (Values.truth(target)
                        ? " target=\"" + Html.escape(Printer.str(target)).value() + "\""
                        : "");
        Value more = args.get(4, "extra_schemes", Value.None.NONE);
        for (Value scheme : Values.truth(more) ? Values.items(more) : List.<Value>of()) {
            String name = Values.expectText(scheme).value();
            if (!SCHEME.matcher(name).matches()) {
                throw JinjaException.argument("'" + name + "' is not a valid URI scheme prefix.");
            }
            schemes.add(name);
        }
    }

    static Text filter(Value value, Args args) {
        Urlize urlize = new Urlize(args);
        Text text = Html.escape(Printer.str(value)).asMarkup(false);
        TextBuilder out = new TextBuilder();
        String source = text.value();
        int at = 0;
        while (at < source.length()) {
            int end = at;
            while (end < source.length() && !Whitespace.is(source.charAt(end))) {
                end++;
            }
            out.append(
                    urlize.word(source.substring(at, end)), text.slice(at, end).tag());
            at = Whitespace.skip(source, end);
            out.append(text, end, at);
        }
        return out.build();
    }

    private String word(String word) {
        String middle = word;
        String head = "";
        String tail = "";
        Matcher lead = LEAD.matcher(middle);
        if (lead.find()) {
            head = lead.group();
            middle = middle.substring(lead.end());
        }
        Matcher trail = TRAIL.matcher(middle);
        if (trail.find()) {
            tail = trail.group();
            middle = middle.substring(0, trail.start());
        }
        for (List<String> pair : PAIRS) {
            int opened = count(middle, pair.get(0));
            int closes = opened <= count(middle, pair.get(1)) ? 0 : Math.min(opened, count(tail, pair.get(1)));
            for (int i = 0; i < closes; i++) {
                int end = tail.indexOf(pair.get(1)) + pair.get(1).length();
                middle += tail.substring(0, end);
                tail = tail.substring(end);
            }
        }
        return head + linked(middle) + tail;
    }

    private String linked(String address) {
        if (WEB.matcher(address).find()) {
            boolean whole = address.startsWith("https://") || address.startsWith("http://");
            return "<a href=\"" + (whole ? "" : "https://") + address + "\"" + attributes + ">" + cut(address) + "</a>";
        }
        if (address.startsWith("mailto:") && MAIL.matcher(address.substring(7)).find()) {
            return "<a href=\"" + address + "\">" + address.substring(7) + "</a>";
        }
        if (address.contains("@")
                && !address.startsWith("www.")
                && !address.startsWith("@")
                && !address.contains(":")
                && MAIL.matcher(address).find()) {
            return "<a href=\"mailto:" + address + "\">" + address + "</a>";
        }
        String shown = address;
        for (String scheme : schemes) {
            if (!shown.equals(scheme) && shown.startsWith(scheme)) {
                shown = "<a href=\"" + shown + "\"" + attributes + ">" + shown + "</a>";
            }
        }
        return shown;
    }

    /** What is shown of a web address. */
    private String cut(String address) {
        Value given = args.get(0, "trim_url_limit", Value.None.NONE);
        Text shown = Text.of(address);
        if (given == Value.None.NONE || Equality.compare(Value.Int.of(shown.length()), given, ">") <= 0) {
            return address;
        }
        return Printer.str(Attributes.slice(shown, Value.None.NONE, given, Value.None.NONE))
                        .value() + "...";
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }
}
