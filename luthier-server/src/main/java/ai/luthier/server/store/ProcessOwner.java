package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom PostgreSQL's programs run; they refuse to run as root.
 *
 * <ul>
 *   <li>an ordinary user: as that user;
 *   <li>root: as {@code postgres} or else {@code nobody} through {@code setpriv}, the cluster's files being theirs;
 *   <li>root in a folder that such a user cannot reach (a checkout under {@code /root}): in a user namespace without any rights,
 *       through {@code unshare -U}, the files staying root's.
 * </ul>
 *
 * <p>A cluster that exists keeps the way it was made with; its owner tells which that was.
 *
 * @param prefix words before every command
 * @param owner {@code uid:gid} of the cluster's files where they are not ours
 * @param description for the log
 */
record ProcessOwner(List<String> prefix, Optional<Account> owner, String description) {

    /** Numbers of a user and of its group. */
    record Account(int user, int group) {}

    ProcessOwner {
        prefix = List.copyOf(prefix);
    }

    /**
     * @param programs has to be executable by the one chosen
     * @param cluster the folder of the database, which may not exist yet
     */
    static ProcessOwner choose(Path programs, Path cluster) {
        if (new UnixSystem().getUid() != 0) {
            return new ProcessOwner(List.of(), Optional.empty(), "the user of the server");
        }
        var tried = new ArrayList<String>();
        for (Account candidate : candidates(cluster)) {
            if (candidate.user() == 0) {
                break;
            }
            var dropped = dropTo(candidate);
            if (dropped.canRun(programs)) {
                return dropped;
            }
            tried.add("user " + candidate.user() + " cannot reach " + programs + " or setpriv is missing");
        }
        var unshared = new ProcessOwner(
                List.of("unshare", "-U", "--"),
                Optional.empty(),
                "root without rights (unshare -U): no other user reaches it");
        if (!ownedByOther(cluster) && unshared.canRun(programs)) {
            return unshared;
        }
        tried.add("unshare -U is not allowed here, or the cluster belongs to another user");
        throw new UserError(
                ErrorCode.INVALID_CONFIGURATION,
                "data.directory",
                "PostgreSQL refuses to run as root, and no other way works in %s: %s. Start Luthier as an ordinary user, or use a data directory whose parents others may pass (chmod o+x), for example under /var/lib, or set LUTHIER_DATABASE_URL."
                        .formatted(cluster.getParent(), String.join("; ", tried)));
    }

    private static List<Account> candidates(Path cluster) {
        var found = new ArrayList<Account>();
        if (Files.isDirectory(cluster)) {
            found.add(ownerOf(cluster));
            return found;
        }
        for (String name : List.of("postgres", "nobody")) {
            number("-u", name)
                    .ifPresent(user -> number("-g", name).ifPresent(group -> found.add(new Account(user, group))));
        }
        return found;
    }

    private static boolean ownedByOther(Path cluster) {
        return Files.isDirectory(cluster) && ownerOf(cluster).user() != 0;
    }

    private static Account ownerOf(Path cluster) {
        try {
            return new Account((Integer) Files.getAttribute(cluster, "unix:uid", LinkOption.NOFOLLOW_LINKS), (Integer)
                    Files.getAttribute(cluster, "unix:gid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "data.directory",
                    "Cannot read the owner of " + cluster + ": " + e,
                    e);
        }
    }

    private static ProcessOwner dropTo(Account ids) {
        return new ProcessOwner(
                List.of("setpriv", "--reuid=" + ids.user(), "--regid=" + ids.group(), "--clear-groups", "--"),
                Optional.of(ids),
                "user " + ids.user());
    }

    private static Optional<Integer> number(String option, String user) {
        var result = Command.run(List.of("id", option, user));
        return result.succeeded() ? Optional.of(Integer.valueOf(result.output().strip())) : Optional.empty();
    }

    private boolean canRun(Path programs) {
        return Command.run(command(programs.resolve("bin/postgres").toString(), "--version"))
                .succeeded();
    }

    /** The words of a command as this owner runs it. */
    List<String> command(String... words) {
        var all = new ArrayList<>(prefix);
        all.addAll(List.of(words));
        return all;
    }

    /** Gives a file or folder to the owner, where that is not us. */
    void give(Path path) throws IOException {
        if (owner.isPresent()) {
            Files.setAttribute(path, "unix:uid", owner.get().user(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", owner.get().group(), LinkOption.NOFOLLOW_LINKS);
        }
    }
}
