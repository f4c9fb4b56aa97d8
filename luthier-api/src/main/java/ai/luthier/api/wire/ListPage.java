package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * <p>The SDKs ask for the next page with {@code after} set to the id of the last element, so the order of a list is stable and
 * every element has an id.
 *
 * @param hasMore whether another page follows; null for lists that have no pages
 * @param firstId id of the first element, null for lists whose schema has no such field
 * @param lastId id of the last element, null likewise
 */
@JsonPropertyOrder({"object", "data", "first_id", "last_id", "has_more"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListPage<T>(
        @JsonProperty("data") List<T> data,
        @JsonProperty("has_more") @Nullable Boolean hasMore,
        @JsonProperty("first_id") @Nullable String firstId,
        @JsonProperty("last_id") @Nullable String lastId) {

    public ListPage {
        data = List.copyOf(data);
    }

    /** A list that is answered whole. */
    public static <T> ListPage<T> whole(List<T> data) {
        return new ListPage<>(data, null, null, null);
    }

    /** A page of a list whose schema has no {@code first_id}. */
    public static <T> ListPage<T> of(List<T> data, boolean hasMore) {
        return new ListPage<>(data, hasMore, null, null);
    }

    /**
     * A page of a list whose schema has {@code first_id} and {@code last_id}; both are the empty string on an empty page, because
     * the schema of files requires strings.
     */
    public static <T> ListPage<T> withIds(List<T> data, boolean hasMore, Function<T, String> id) {
        String first = data.isEmpty() ? "" : id.apply(data.getFirst());
        String last = data.isEmpty() ? "" : id.apply(data.getLast());
        return new ListPage<>(data, hasMore, first, last);
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "list";
    }
}
