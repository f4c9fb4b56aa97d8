package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** The table of Python's string methods; the bodies are in {@link Letters}, {@link Cutting} and {@link Searching}. */
final class TextMethods {

    private TextMethods() {}

    private interface Body {
        Value call(Text self, Args arguments);
    }

    static final Methods ALL = new Methods(table(), Set.of());

    private static Map<String, Methods.Method> table() {
        Map<String, Methods.Method> all = new HashMap<>();
        plain(all, "upper", self -> Casing.upper(self));
        plain(all, "lower", self -> Casing.lower(self));
        plain(all, "casefold", self -> Casing.folded(self));
        plain(all, "title", self -> Casing.title(self));
        plain(all, "capitalize", self -> Casing.capitalize(self));
        plain(all, "swapcase", self -> Casing.swapped(self));
        put(
                all,
                "strip",
                (self, args) -> Cutting.strip(self, args.atMost(1, "strip").text(0, "chars"), true, true));
        put(
                all,
                "lstrip",
                (self, args) -> Cutting.strip(self, args.atMost(1, "lstrip").text(0, "chars"), true, false));
        put(
                all,
                "rstrip",
                (self, args) -> Cutting.strip(self, args.atMost(1, "rstrip").text(0, "chars"), false, true));
        put(
                all,
                "split",
                (self, args) -> list(Cutting.split(self, args.text(0, "sep"), args.integer(1, "maxsplit", -1))));
        put(
                all,
                "rsplit",
                (self, args) -> list(Cutting.splitFromEnd(self, args.text(0, "sep"), args.integer(1, "maxsplit", -1))));
        put(all, "splitlines", (self, args) -> list(Cutting.lines(self, args.integerFlag(0, "keepends"))));
        put(
                all,
                "partition",
                (self, args) -> Cutting.partition(self, Values.expectText(args.require(0, "sep")), false));
        put(
                all,
                "rpartition",
                (self, args) -> Cutting.partition(self, Values.expectText(args.require(0, "sep")), true));
        put(
                all,
                "removeprefix",
                (self, args) -> Cutting.removePrefix(self, Values.expectText(args.require(0, "prefix"))));
        put(
                all,
                "removesuffix",
                (self, args) -> Cutting.removeSuffix(self, Values.expectText(args.require(0, "suffix"))));
        put(
                all,
                "replace",
                (self, args) -> Searching.replace(
                        self,
                        Values.expectText(args.require(0, "old")),
                        Values.expectText(args.require(1, "new")),
                        args.integer(2, "count", -1)));
        put(all, "startswith", (self, args) -> Value.Bool.of(Searching.affix(self, args, true)));
        put(all, "endswith", (self, args) -> Value.Bool.of(Searching.affix(self, args, false)));
        put(all, "find", (self, args) -> Value.Int.of(Searching.find(self, args, false)));
        put(all, "rfind", (self, args) -> Value.Int.of(Searching.find(self, args, true)));
        put(all, "index", (self, args) -> Searching.index(self, args, false));
        put(all, "rindex", (self, args) -> Searching.index(self, args, true));
        put(all, "count", (self, args) -> Value.Int.of(Searching.count(self, args)));
        put(all, "join", (self, args) -> Searching.joinMethod(self, args.require(0, "iterable")));
        put(all, "center", (self, args) -> Letters.padded(self, args, 'c'));
        put(all, "ljust", (self, args) -> Letters.padded(self, args, 'l'));
        put(all, "rjust", (self, args) -> Letters.padded(self, args, 'r'));
        put(all, "zfill", (self, args) -> Letters.zeroFilled(self, args.integer(0, "width", 0)));
        put(all, "expandtabs", (self, args) -> Letters.expandTabs(self, args.integer(0, "tabsize", 8)));
        put(all, "format", BraceFormat::format);
        put(all, "format_map", (self, args) -> BraceFormat.formatMap(self, args.require(0, "mapping")));
        put(all, "translate", (self, args) -> Letters.translated(self, args.require(0, "table")));
        plain(all, "isspace", self -> every(self, Whitespace::is));
        plain(all, "isdigit", self -> every(self, Letters::isDigit));
        plain(all, "isdecimal", self -> every(self, Character::isDigit));
        plain(all, "isnumeric", self -> every(self, Letters::isNumeric));
        plain(all, "isalpha", self -> every(self, Character::isLetter));
        plain(all, "isalnum", self -> every(self, c -> Character.isLetter(c) || Letters.isNumeric(c)));
        plain(all, "isascii", self -> Value.Bool.of(self.value().chars().allMatch(c -> c < 128)));
        put(
                all,
                "isprintable",
                (self, args) -> Value.Bool.of(self.value().codePoints().allMatch(Printer::isPrintable)));
        plain(all, "isidentifier", self -> Value.Bool.of(Letters.isIdentifier(self.value())));
        plain(all, "isupper", self -> Value.Bool.of(Letters.isCased(self.value(), true)));
        plain(all, "islower", self -> Value.Bool.of(Letters.isCased(self.value(), false)));
        plain(all, "istitle", self -> Value.Bool.of(Letters.isTitle(self.value())));
        return Map.copyOf(all);
    }

    private static void put(Map<String, Methods.Method> all, String name, Body body) {
        all.put(name, (self, args) -> body.call((Text) self, args));
    }

    private static void plain(Map<String, Methods.Method> all, String name, Function<Text, Value> body) {
        all.put(name, (self, args) -> {
            if (args.size() > 0) {
                throw JinjaException.type("str." + name + "() takes no arguments (" + args.size() + " given)");
            }
            return body.apply((Text) self);
        });
    }

    private static Value every(Text text, IntPredicate predicate) {
        return Value.Bool.of(!text.isEmpty() && text.value().codePoints().allMatch(predicate));
    }

    private static Value list(List<Value> items) {
        return Value.Sequence.of(items);
    }
}
