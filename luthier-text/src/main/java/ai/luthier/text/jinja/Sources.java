package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the caller's variables into values and numbers the places they come from: the tag of a character is the place's
 * number, from 1. Accepts what Jackson makes of JSON: maps, lists, strings, numbers, booleans, null.
 */
final class Sources {

    private record Place(String variable, int element, String key) {}

    private final List<Place> places = new ArrayList<>();

    /** The scope of all variables; strings of {@code control} variables are the template's own. */
    Scope scope(Map<String, ?> variables, Set<String> control) {
        Scope scope = new Scope(null);
        variables.forEach(
                (name, value) -> scope.set(name, control.contains(name) ? convert(value, 0) : variable(name, value)));
        return scope;
    }

    private Value variable(String name, @Nullable Object value) {
        int own = tag(new Place(name, -1, ""));
        if (!(value instanceof List<?> list)) {
            return convert(value, own);
        }
        List<Value> items = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            items.add(element(name, i, list.get(i)));
        }
        return new Value.Sequence(items, own);
    }

    private Value element(String name, int index, @Nullable Object value) {
        int own = tag(new Place(name, index, ""));
        if (!(value instanceof Map<?, ?> map)) {
            return convert(value, own);
        }
        Map<Object, Value.Dict.Entry> entries = new LinkedHashMap<>();
        Value.Dict dict = new Value.Dict(entries, own);
        map.forEach((key, item) -> {
            int tag = tag(new Place(name, index, String.valueOf(key)));
            dict.put(convert(key, own), convert(item, tag));
        });
        return dict;
    }

    private int tag(Place place) {
        places.add(place);
        return places.size();
    }

    private static Value convert(@Nullable Object object, int tag) {
        return switch (object) {
            case null -> Value.None.NONE;
            case String text -> Text.of(text, tag);
            case Boolean flag -> Value.Bool.of(flag);
            case Double number -> new Value.Real(number, tag);
            case Float number -> new Value.Real(number, tag);
            case BigDecimal number -> new Value.Real(number.doubleValue(), tag);
            case BigInteger number -> new Value.Int(number, tag);
            case Number number -> new Value.Int(BigInteger.valueOf(number.longValue()), tag);
            case Map<?, ?> map -> {
                Value.Dict dict = new Value.Dict(new LinkedHashMap<>(), tag);
                map.forEach((key, value) -> dict.put(convert(key, tag), convert(value, tag)));
                yield dict;
            }
            case Iterable<?> list -> {
                List<Value> items = new ArrayList<>();
                list.forEach(item -> items.add(convert(item, tag)));
                yield new Value.Sequence(items, tag);
            }
            default ->
                throw new IllegalArgumentException(
                        "a template variable is a map, list, string, number, boolean or null, not a "
                                + object.getClass().getName());
        };
    }

    Rendered rendered(Text text) {
        List<Origin> origins = new ArrayList<>();
        List<Span> data = new ArrayList<>();
        List<Span> generation = new ArrayList<>();
        int[] marks = text.marks();
        for (int i = 0; i < marks.length; i += 3) {
            Span span = new Span(marks[i], marks[i + 1]);
            int source = marks[i + 2] & ~Text.GENERATION;
            if (source != 0) {
                Place place = places.get(source - 1);
                origins.add(new Origin(span, place.variable(), place.element(), place.key()));
                join(data, span);
            }
            if ((marks[i + 2] & Text.GENERATION) != 0) {
                join(generation, span);
            }
        }
        return new Rendered(text.value(), data, generation, origins);
    }

    private static void join(List<Span> spans, Span next) {
        if (!spans.isEmpty() && spans.getLast().end() == next.start()) {
            spans.add(new Span(spans.removeLast().start(), next.end()));
        } else {
            spans.add(next);
        }
    }
}
