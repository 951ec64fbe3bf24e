package dev.turnpike.runtime.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.RequestException;
import io.helidon.webserver.ServerConnectionException;
import java.util.Arrays;

/** Tells failures whose cause is the client's bytes or departure from bugs of ours. */
final class BrokenRequest {
    private static final int CAUSES_MAX = 8;
    private static final int FRAMES_MAX = 8;

    private BrokenRequest() {}

    /** Whether {@code failure} came from reading or writing the client's connection. */
    static boolean caused(Throwable failure) {
        var cause = failure;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (cause instanceof DataReader.InsufficientDataAvailableException
                    || cause instanceof DataReader.IncorrectNewLineException
                    || cause instanceof RequestException
                    || cause instanceof SocketWriterException
                    || cause instanceof ServerConnectionException
                    || cause instanceof StrictReader.NoChunkException
                    || badChunkSize(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** The server's parser lets the exception of the JDK out when a chunk has no size. */
    private static boolean badChunkSize(Throwable cause) {
        return cause instanceof NumberFormatException
                && Arrays.stream(cause.getStackTrace())
                        .limit(FRAMES_MAX)
                        .anyMatch(at -> at.getClassName().equals("io.helidon.common.ParserHelper"));
    }
}
