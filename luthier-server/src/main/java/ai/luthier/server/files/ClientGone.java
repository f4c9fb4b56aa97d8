package ai.luthier.server.files;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The sender broke off in the middle of an upload. Nothing was stored, and there is nobody left to answer. */
public final class ClientGone extends UncheckedIOException {

    private static final long serialVersionUID = 1;

    ClientGone(IOException cause) {
        super("the upload broke off", cause);
    }
}
