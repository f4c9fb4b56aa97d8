package ai.luthier.server.models.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/** Plays the Hub on one port and the store of large files on another, with the troubles that a test asks for. */
final class FakeHub implements AutoCloseable {

    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /** What one request to a file meets. */
    interface Trouble {
        /** Answers the exchange itself and returns true, or leaves it to the ordinary way. */
        boolean meets(HttpExchange exchange, byte[] content) throws IOException;
    }

    record Seen(String server, String path, String range, String token) {}

    final Map<String, byte[]> files = new LinkedHashMap<>();
    final Map<String, String> hashes = new HashMap<>();
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();
    /** The token that is asked for; empty for an open model. */
    String token = "";
    /** Whether the listing tells sizes and hashes; else only the headers do. */
    boolean blobs = true;

    UnaryOperator<byte[]> onTheWay = content -> content;

    private final HttpServer hub;
    private final HttpServer store;

    FakeHub() throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", exchange -> answered("hub", exchange));
        store.createContext("/", exchange -> answered("store", exchange));
        hub.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        store.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        hub.start();
        store.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + hub.getAddress().getPort();
    }

    void put(String name, byte[] content) {
        files.put(name, content);
    }

    private static boolean isLarge(String name) {
        return name.endsWith(".safetensors");
    }

    private void answered(String server, HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getRequestHeaders();
            String path = exchange.getRequestURI().getPath();
            seen.add(new Seen(
                    server,
                    path,
                    String.valueOf(headers.getFirst("Range")),
                    String.valueOf(headers.getFirst("Authorization"))));
            if (server.equals("hub")
                    && !token.isEmpty()
                    && !("Bearer " + token).equals(headers.getFirst("Authorization"))) {
                status(exchange, 401);
            } else if (path.startsWith("/api/models/")) {
                if (path.equals("/api/models/org/tiny/revision/main")) {
                    body(exchange, listing(), 200);
                } else {
                    status(exchange, 404);
                }
            } else {
                file(server, exchange, path.substring(path.lastIndexOf('/') + 1));
            }
        }
    }

    private byte[] listing() {
        List<Map<String, Object>> siblings = new ArrayList<>();
        files.forEach((name, content) -> {
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("rfilename", name);
            if (blobs) {
                file.put("size", content.length);
                file.put("blobId", hash(name, "SHA-1"));
                if (isLarge(name)) {
                    file.put("lfs", Map.of("sha256", hash(name, "SHA-256"), "size", content.length));
                }
            }
            siblings.add(file);
        });
        return JsonMapper.shared().writeValueAsBytes(Map.of("sha", COMMIT, "siblings", siblings));
    }

    String hash(String name, String kind) {
        return hashes.computeIfAbsent(name + kind, _ -> TestHashes.of(Objects.requireNonNull(files.get(name)), kind));
    }

    private void file(String server, HttpExchange exchange, String name) throws IOException {
        byte[] content = files.get(name);
        if (content == null) {
            status(exchange, 404);
            return;
        }
        Headers answer = exchange.getResponseHeaders();
        if (server.equals("hub") && isLarge(name)) {
            answer.set("X-Linked-Etag", '"' + hash(name, "SHA-256") + '"');
            answer.set("X-Linked-Size", String.valueOf(content.length));
            answer.set("Location", "http://127.0.0.1:" + store.getAddress().getPort() + "/store/" + name);
            status(exchange, 302);
            return;
        }
        Trouble trouble = troubles.poll();
        if (trouble != null && trouble.meets(exchange, content)) {
            return;
        }
        if (server.equals("hub")) {
            answer.set("ETag", '"' + hash(name, "SHA-1") + '"');
        }
        ranged(exchange, onTheWay.apply(content));
    }

    private static void ranged(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (from >= content.length && from > 0) {
            status(exchange, 416);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        body(exchange, Arrays.copyOfRange(content, from, content.length), from > 0 ? 206 : 200);
    }

    static void body(HttpExchange exchange, byte[] content, int status) throws IOException {
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }

    static void status(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    /** Sends the whole length in the header and only the first bytes (of what was asked for), then closes. */
    static Trouble cutAfter(int bytes) {
        return (exchange, content) -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
            if (from > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
            exchange.getResponseBody().write(content, from, Math.min(bytes, content.length - from));
            exchange.getResponseBody().flush();
            return true;
        };
    }

    static Trouble answering(int status, String retryAfter) {
        return (exchange, content) -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            status(exchange, status);
            return true;
        };
    }

    static Trouble stalling(long milliseconds) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 10);
            exchange.getResponseBody().flush();
            try {
                Thread.sleep(milliseconds);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        };
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
    }
}
