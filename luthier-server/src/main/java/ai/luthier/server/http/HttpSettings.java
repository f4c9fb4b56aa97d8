package ai.luthier.server.http;

import java.time.Duration;

/**
 * Where and how the API listens.
 *
 * @param host the address to bind, {@code 127.0.0.1} unless told otherwise
 * @param port 0 takes a free one
 * @param uploadLimit bytes of one uploaded file
 * @param bodyLimit bytes of a JSON body
 * @param resultsAsBase64 whether the content of a result file is sent in base64, as OpenAI does
 * @param drain how long running answers may go on when the server stops
 */
public record HttpSettings(
        String host, int port, long uploadLimit, int bodyLimit, boolean resultsAsBase64, Duration drain) {

    private static final long UPLOAD_LIMIT = 512L << 20;
    private static final int BODY_LIMIT = 64 << 20;

    /** The defaults on a port of the loopback interface. */
    public static HttpSettings loopback(int port) {
        return new HttpSettings("127.0.0.1", port, UPLOAD_LIMIT, BODY_LIMIT, false, Duration.ofSeconds(10));
    }
}
