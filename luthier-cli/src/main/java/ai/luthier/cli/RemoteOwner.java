package ai.luthier.cli;

import ai.luthier.api.wire.BaseObject;
import ai.luthier.api.wire.KeyObject;
import ai.luthier.api.wire.NewBase;
import ai.luthier.server.http.Backend;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The keys and bases of a directory, by way of the server that runs on it. Thread-safe. */
final class RemoteOwner implements Backend.Owner {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ApiClient api;

    RemoteOwner(ApiClient api) {
        this.api = api;
    }

    @Override
    public List<KeyObject> keys() {
        return list("/luthier/keys", KeyObject.class);
    }

    @Override
    public KeyObject addKey(String name, boolean admin, @Nullable String value) {
        Map<String, String> body = new TreeMap<>(Map.of("name", name, "role", admin ? "admin" : "member"));
        if (value != null) {
            body.put("value", value);
        }
        return JSON.treeToValue(api.post("/luthier/keys", body), KeyObject.class);
    }

    @Override
    public void revokeKey(String id) {
        JsonNode _ = api.delete("/luthier/keys/" + encoded(id));
    }

    @Override
    public List<BaseObject> bases() {
        return list("/luthier/models", BaseObject.class);
    }

    @Override
    public BaseObject addBase(NewBase base) {
        return JSON.treeToValue(api.post("/luthier/models", base), BaseObject.class);
    }

    @Override
    public void removeBase(String id) {
        JsonNode _ = api.delete("/luthier/models/" + encoded(id));
    }

    private <T> List<T> list(String path, Class<T> kind) {
        return api.get(path)
                .path("data")
                .valueStream()
                .map(node -> JSON.treeToValue(node, kind))
                .toList();
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
