package ai.luthier.server.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left of the body of a request that is refused before it was read.
 *
 * <p>Most clients send all of a body before they look at the answer. A connection that is closed with bytes of theirs unread is
 * reset, and the reset destroys the answer on its way: they see a broken pipe instead of the reason. So the rest is read and
 * thrown away first, up to a number of bytes and a time.
 */
final class Leftover {

    private static final Logger LOG = LoggerFactory.getLogger(Leftover.class);
    private static final long MOST = 4L << 30;
    private static final long LONGEST = Duration.ofSeconds(20).toNanos();
    private static final int AT_ONCE = 64 << 10;

    private Leftover() {}

    /** Reads the rest of a body that is under way; one that its client holds back until it is asked for stays where it is. */
    static void discard(Context context) {
        HttpServletRequest request = context.req();
        if (request.getContentLengthLong() == 0 || request.getHeader("Expect") != null) {
            return;
        }
        try {
            InputStream body = request.getInputStream();
            byte[] buffer = new byte[AT_ONCE];
            long start = System.nanoTime();
            long total = 0;
            int count = body.read(buffer);
            while (count >= 0 && total < MOST && System.nanoTime() - start < LONGEST) {
                total += count;
                count = body.read(buffer);
            }
        } catch (IOException | IllegalStateException e) {
            LOG.debug("the rest of a body was not read", e);
        }
    }
}
