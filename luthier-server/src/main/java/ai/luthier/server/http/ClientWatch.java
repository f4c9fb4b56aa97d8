package ai.luthier.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a client has left although nothing is being read from it or written to it: while a whole answer is made, neither
 * happens, and Jetty learns of the end only when it writes.
 *
 * <p>Method: a connection that was closed at the other end can be read from and has nothing to read. The socket is registered with a
 * selector of its own, beside Jetty's, and no byte is taken, so a client that sends its next request early is not disturbed. A
 * client that closes only its sending half counts as gone, as it does for other web servers.
 *
 * <p>Used by one thread.
 */
final class ClientWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final long PAUSE = Duration.ofMillis(100).toNanos();

    private final @Nullable SocketChannel channel;
    private final @Nullable Selector selector;
    private long nextLook = System.nanoTime();
    private boolean gone;

    ClientWatch(Context context) {
        Object transport = ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .getTransport();
        channel = transport instanceof SocketChannel socket ? socket : null;
        selector = channel == null ? null : register(channel);
    }

    private static @Nullable Selector register(SocketChannel channel) {
        try {
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return selector;
        } catch (IOException e) {
            LOG.debug("a client cannot be watched", e);
            return null;
        }
    }

    /** Whether the client has closed the connection; looks at most ten times a second. */
    boolean gone() {
        if (channel == null || selector == null || gone || System.nanoTime() < nextLook) {
            return gone;
        }
        nextLook = System.nanoTime() + PAUSE;
        try {
            gone = selector.selectNow() > 0 && channel.socket().getInputStream().available() == 0;
            selector.selectedKeys().clear();
        } catch (IOException e) {
            gone = true;
        }
        return gone;
    }

    @Override
    public void close() {
        if (selector != null) {
            try {
                selector.close();
            } catch (IOException e) {
                LOG.debug("a selector was not closed", e);
            }
        }
    }
}
