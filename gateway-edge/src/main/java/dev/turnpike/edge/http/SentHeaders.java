package dev.turnpike.edge.http;

import dev.turnpike.edge.protocol.RequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;

/** The headers of a request as a client sent them. */
record SentHeaders(ServerRequest request) implements RequestHeaders {
    @Override
    public Optional<String> first(String name) {
        if (name.equals("host")) {
            return Optional.of(request.authority()); // HTTP/2 has it under another name.
        }
        var header = KnownNames.of(name);
        return request.headers().contains(header)
                ? Optional.of(request.headers().get(header).get().strip())
                : Optional.empty();
    }

    @Override
    public List<String> all(String name) {
        var header = KnownNames.of(name);
        if (!request.headers().contains(header)) {
            return List.of();
        }
        var lines = request.headers().get(header).allValues();
        return lines.size() == 1
                ? List.of(lines.getFirst().strip())
                : lines.stream().map(String::strip).toList();
    }
}
