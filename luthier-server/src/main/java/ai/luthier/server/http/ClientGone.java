package ai.luthier.server.http;

/** The client closed the connection; there is nobody left to answer. */
final class ClientGone extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClientGone() {
        super("the client closed the connection");
    }

    ClientGone(Throwable cause) {
        super("the client closed the connection", cause);
    }
}
