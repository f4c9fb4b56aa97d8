package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL that the owner runs, by URL: {@code postgresql://user:password@host:5432/database?sslmode=require}, the same
 * with {@code postgres:}, or JDBC's {@code jdbc:postgresql://…?user=…&password=…}. Stateless.
 */
public final class ExternalPostgres {

    private ExternalPostgres() {}

    /** Connections to the database of {@code url}; none is opened here. */
    public static DataSource source(String url) {
        var source = new PGSimpleDataSource();
        try {
            if (url.startsWith("jdbc:postgresql:")) {
                source.setUrl(url);
            } else {
                fromUri(source, new URI(url));
            }
        } catch (IllegalArgumentException | URISyntaxException e) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "database.url",
                    "The database URL is not one of PostgreSQL. Write postgresql://user:password@host:5432/database (special characters of the password percent-encoded).",
                    e);
        }
        source.setApplicationName("luthier");
        source.setTcpKeepAlive(true);
        if (source.getConnectTimeout() > 5) {
            source.setConnectTimeout(5);
        }
        return source;
    }

    private static void fromUri(PGSimpleDataSource source, URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        if (!List.of("postgresql", "postgres").contains(scheme) || uri.getHost() == null) {
            throw new IllegalArgumentException("not a PostgreSQL URL");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        String database = path.length() > 1 ? path.substring(1) : "postgres";
        source.setUrl("jdbc:postgresql://" + uri.getHost() + ":" + port + "/" + database + query);
        @Nullable String account = uri.getRawUserInfo();
        if (account != null) {
            int colon = account.indexOf(':');
            source.setUser(decode(colon < 0 ? account : account.substring(0, colon)));
            if (colon >= 0) {
                source.setPassword(decode(account.substring(colon + 1)));
            }
        }
    }

    private static String decode(String text) {
        // A plus sign is itself in this part of a URL.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
