package ai.luthier.server.models.hub;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.util.regex.Pattern;

/**
 * A model on the Hub.
 *
 * @param repository {@code org/name}
 * @param revision a branch, a tag or a commit
 */
public record HubModelId(String repository, String revision) {

    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*");
    private static final Pattern REVISION = Pattern.compile("[\\w][\\w./-]*");

    public HubModelId {
        if (!isRepository(repository)) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "model",
                    "\"" + repository + "\" is no model on the Hub: they are named org/name.");
        }
        if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "revision",
                    "\"" + revision + "\" is no branch, tag or commit of a model.");
        }
    }

    /** Whether a text has the form {@code org/name}. */
    public static boolean isRepository(String text) {
        return REPOSITORY.matcher(text).matches() && !text.contains("..");
    }

    /** The name of the folder in the layout of the Hub's cache. */
    String folder() {
        return "models--" + repository.replace("/", "--");
    }

    @Override
    public String toString() {
        return repository + (revision.equals("main") ? "" : " at " + revision);
    }
}
