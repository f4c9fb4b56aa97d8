package ai.luthier.server.http;

import ai.luthier.server.http.request.Complaint;
import ai.luthier.server.http.request.Json;
import io.javalin.http.Context;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parameters of list calls, from the query string. */
final class Query {

    private Query() {}

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,30}");

    /** {@code limit} of a list for which OpenAI names no largest one: an integer from 0; what exceeds {@code most} is cut to it. */
    static int limit(Context context, int otherwise, int most) {
        return number(context, otherwise).min(BigInteger.valueOf(most)).intValue();
    }

    /** {@code limit} of a list for which OpenAI names a largest one: an integer from 0 to {@code most}. */
    static int boundedLimit(Context context, int otherwise, int most) {
        BigInteger limit = number(context, otherwise);
        if (limit.compareTo(BigInteger.valueOf(most)) > 0) {
            throw Complaint.above("limit", most, limit);
        }
        return limit.intValue();
    }

    private static BigInteger number(Context context, int otherwise) {
        @Nullable String text = context.queryParam("limit");
        if (text == null) {
            return BigInteger.valueOf(otherwise);
        }
        if (!INTEGER.matcher(text).matches()) {
            throw Complaint.wrongType("limit", "an integer", Json.MAPPER.valueToTree(text));
        }
        BigInteger limit = new BigInteger(text);
        if (limit.signum() < 0) {
            throw Complaint.below("limit", 0, limit);
        }
        return limit;
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
