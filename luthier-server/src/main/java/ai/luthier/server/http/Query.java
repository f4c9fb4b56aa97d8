package ai.luthier.server.http;

import ai.luthier.server.http.request.Complaint;
import ai.luthier.server.http.request.Json;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parameters of list calls, from the query string. */
final class Query {

    private Query() {}

    /** {@code limit}: an integer from 0; what exceeds {@code most} is cut to it. */
    static int limit(Context context, int otherwise, int most) {
        @Nullable String text = context.queryParam("limit");
        if (text == null) {
            return otherwise;
        }
        try {
            long limit = Long.parseLong(text);
            if (limit < 0) {
                throw Complaint.invalid(
                        "limit",
                        "Invalid 'limit': integer below minimum value. Expected a value >= 0, but got " + limit
                                + " instead.");
            }
            return (int) Math.min(limit, most);
        } catch (NumberFormatException e) {
            throw Complaint.wrongType("limit", "an integer", Json.MAPPER.valueToTree(text));
        }
    }

    /** {@code after}: the id of the last element of the page before. */
    static @Nullable String after(Context context) {
        return context.queryParam("after");
    }

    /** {@code order}: whether it is {@code asc}. */
    static boolean ascending(Context context) {
        @Nullable String order = context.queryParam("order");
        if (order == null) {
            return false;
        }
        List<String> orders = List.of("asc", "desc");
        if (!orders.contains(order)) {
            throw Complaint.notOneOf("order", order, orders);
        }
        return order.equals("asc");
    }

    /** {@code metadata[key]=value} pairs; {@code metadata=null} asks for nothing. */
    static Map<String, String> metadata(Context context) {
        Map<String, String> pairs = new LinkedHashMap<>();
        context.queryParamMap().forEach((name, values) -> {
            if (name.startsWith("metadata[") && name.endsWith("]") && !values.isEmpty()) {
                pairs.put(name.substring("metadata[".length(), name.length() - 1), values.getLast());
            }
        });
        return pairs;
    }
}
