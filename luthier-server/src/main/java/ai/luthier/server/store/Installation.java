package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes sure that a data directory and a database belong together: both carry the same random mark.
 *
 * <p>Files that no row knows are removed at the start of a server. With another database that would be all of them, so a mistyped
 * URL has to be refused here. Stateless.
 */
final class Installation {

    private Installation() {}

    /**
     * Marks a new directory with the mark of the database, and compares those of an old one.
     *
     * @throws UserError {@code INVALID_CONFIGURATION} when they differ
     */
    static void bind(DataDirectory directory, Database database) {
        String mark = markOf(database);
        Path file = directory.path().resolve("installation");
        try {
            if (!Files.exists(file)) {
                DurableFiles.write(file, mark);
            } else if (!Files.readString(file).strip().equals(mark)) {
                throw new UserError(
                        ErrorCode.INVALID_CONFIGURATION,
                        "database.url",
                        "The data directory %s belongs to another database than the one of this start, and files without a row would be removed. Correct database.url, or choose another folder with --data."
                                .formatted(directory.path()));
            }
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, "data.directory", "Cannot read or write " + file + ": " + e, e);
        }
    }

    private static String markOf(Database database) {
        String fresh = Ids.random(24);
        return database.writeRepeatable(handle -> {
            handle.createUpdate(
                            "insert into secret (name, value) values ('installation', :mark) on conflict (name) do nothing")
                    .bind("mark", fresh.getBytes(StandardCharsets.UTF_8))
                    .execute();
            byte[] mark = handle.createQuery("select value from secret where name = 'installation'")
                    .mapTo(byte[].class)
                    .one();
            return new String(mark, StandardCharsets.UTF_8);
        });
    }
}
