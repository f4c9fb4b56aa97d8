package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of Python's filters, tests and methods, so that a call which Python refuses is refused here. */
final class Signatures {

    private Signatures() {}

    /**
     * One signature.
     *
     * @param names parameters in order; empty for those that can be given by position only
     * @param required how many of the first have no default
     */
    private record Signature(List<String> names, int required, boolean positionalOnly) {}

    /** A name, then its parameters: {@code =} marks those with a default, {@code /} that none can be given by name. */
    private static final Map<String, Signature> FILTERS = table("""
            abs / | attr name | batch linecount fill_with= | capitalize | center width= | count / | d default_value= boolean= |
            default default_value= boolean= | dictsort case_sensitive= by= reverse= | e | escape | filesizeformat binary= |
            first | float default= | forceescape | groupby attribute default= case_sensitive= | indent width= first= blank= |
            int default= base= | items | join d= attribute= | last | length / | list | lower | max case_sensitive= attribute= |
            min case_sensitive= attribute= | pprint | random | replace old new count= | reverse | round precision= method= |
            safe | slice slices fill_with= | sort reverse= case_sensitive= attribute= | string | striptags |
            sum attribute= start= | title | tojson ensure_ascii= indent= separators= sort_keys= | trim chars= |
            truncate length= killwords= end= leeway= | unique case_sensitive= attribute= | upper | urlencode |
            urlize trim_url_limit= nofollow= target= rel= extra_schemes= | wordcount |
            wordwrap width= break_long_words= wrapstring= break_on_hyphens= | xmlattr autospace=
            """);

    private static final Map<String, Signature> TESTS = table("""
            defined | undefined | none | boolean | true | false | string | integer | float | number | mapping | iterable |
            sequence | callable / | sameas other | escaped | lower | upper | odd | even | divisibleby num | filter | test |
            in seq | eq / b | equalto / b | == / b | ne / b | != / b | lt / b | lessthan / b | < / b | le / b | <= / b |
            gt / b | greaterthan / b | > / b | ge / b | >= / b
            """);

    private static final Map<String, Signature> METHODS = table("""
            str.upper / | str.lower / | str.casefold / | str.title / | str.capitalize / | str.swapcase / | str.strip / chars= |
            str.lstrip / chars= | str.rstrip / chars= | str.split sep= maxsplit= | str.rsplit sep= maxsplit= |
            str.splitlines keepends= | str.partition / sep | str.rpartition / sep | str.removeprefix / prefix |
            str.removesuffix / suffix | str.replace / old new count= | str.startswith / prefix start= end= |
            str.endswith / suffix start= end= | str.find / sub start= end= | str.rfind / sub start= end= |
            str.index / sub start= end= | str.rindex / sub start= end= | str.count / sub start= end= | str.join / iterable |
            str.center / width fillchar= | str.ljust / width fillchar= | str.rjust / width fillchar= | str.zfill / width |
            str.expandtabs tabsize= | str.isspace / | str.isdigit / | str.isdecimal / | str.isnumeric / | str.isalpha / |
            str.isalnum / | str.isascii / | str.isprintable / | str.isidentifier / | str.isupper / | str.islower / |
            str.istitle / | str.format_map / mapping | str.translate / table | list.index / value start= stop= |
            list.count / value | list.copy / | tuple.index / value start= stop= | tuple.count / value | range.index / value |
            range.count / value | dict.get / key default= | dict.items / | dict.keys / | dict.values / | dict.copy / |
            dict.fromkeys / iterable value= | int.bit_length / | int.bit_count / | int.conjugate / | int.is_integer / |
            int.as_integer_ratio / | float.is_integer / | float.conjugate / | float.hex / | float.as_integer_ratio /
            """);

    /** Parameters of methods for which None will not do, unlike the ends of a window. */
    private static final Set<String> NUMBERS = Set.of("maxsplit", "count", "tabsize", "width");

    private static Map<String, Signature> table(String lines) {
        Map<String, Signature> all = new HashMap<>();
        for (String line : lines.split("\\|")) {
            List<String> words = new ArrayList<>(List.of(line.strip().split("\\s+")));
            String name = words.removeFirst();
            boolean positionalOnly = words.remove("/");
            int required =
                    (int) words.stream().filter(word -> !word.endsWith("=")).count();
            List<String> names =
                    words.stream().map(word -> word.replace("=", "")).toList();
            all.put(name, new Signature(names, required, positionalOnly));
        }
        return Map.copyOf(all);
    }

    static void checkFilter(String name, Args args) {
        check(name, FILTERS.get(name), args);
    }

    static void checkTest(String name, Args args) {
        check(name, TESTS.get(name), args);
    }

    static void checkMethod(String type, String name, Args args) {
        Signature signature =
                METHODS.get((type.equals("Markup") ? "str" : type.equals("bool") ? "int" : type) + "." + name);
        check(name, signature, args);
        for (int i = 0; signature != null && i < signature.names().size(); i++) {
            String parameter = signature.names().get(i);
            if (NUMBERS.contains(parameter) && args.find(i, parameter) == Value.None.NONE) {
                throw JinjaException.type("'NoneType' object cannot be interpreted as an integer");
            }
        }
    }

    /** Refuses what Python's binding of arguments refuses; a name that is not in the tables takes anything. */
    private static void check(String name, @Nullable Signature signature, Args args) {
        if (signature == null) {
            return;
        }
        int given = args.positional().size();
        int most = signature.names().size();
        if (given > most) {
            throw JinjaException.type(name + "() takes at most " + most + " arguments (" + given + " given)");
        }
        for (String keyword : args.keywords().keySet()) {
            int at = signature.names().indexOf(keyword);
            if (signature.positionalOnly()) {
                throw JinjaException.type(name + "() takes no keyword arguments");
            }
            if (at < 0) {
                throw JinjaException.type(name + "() got an unexpected keyword argument '" + keyword + "'");
            }
            if (at < given) {
                throw JinjaException.type(name + "() got multiple values for argument '" + keyword + "'");
            }
        }
        for (int i = given; i < signature.required(); i++) {
            if (!args.keywords().containsKey(signature.names().get(i))) {
                throw JinjaException.type(name + "() missing a required argument: '"
                        + signature.names().get(i) + "'");
            }
        }
    }
}
