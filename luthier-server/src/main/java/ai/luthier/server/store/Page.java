package ai.luthier.server.store;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param items in the order of the list; empty when nothing was asked for
 * @param hasMore whether the list goes on after the last item
 */
public record Page<T>(List<T> items, boolean hasMore) {

    public Page {
        items = List.copyOf(items);
    }

    /** Cuts a list that was read with one item more than {@code limit}, the usual way to learn whether there are more. */
    public static <T> Page<T> cut(List<T> readOneMore, int limit) {
        boolean more = readOneMore.size() > limit;
        return new Page<>(more ? readOneMore.subList(0, limit) : readOneMore, more);
    }

    public <R> Page<R> map(Function<? super T, ? extends R> change) {
        return new Page<>(items.stream().<R>map(change).toList(), hasMore);
    }
}
