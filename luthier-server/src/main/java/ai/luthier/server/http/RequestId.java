package ai.luthier.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The {@code x-request-id} that every answer carries and every log line about it names. */
final class RequestId {

    static final String HEADER = "x-request-id";
    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestId() {}

    static String make() {
        return "req_" + random(16);
    }

    /** Random hexadecimal digits, two for each byte. */
    static String random(int bytes) {
        byte[] noise = new byte[bytes];
        RANDOM.nextBytes(noise);
        return HexFormat.of().formatHex(noise);
    }

    /** The id of the answer, set now if it had none. */
    static String of(HttpServletResponse response) {
        String id = response.getHeader(HEADER);
        if (id == null) {
            id = make();
            response.setHeader(HEADER, id);
        }
        return id;
    }
}
