package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What every request goes through before its route, and after it, top to bottom. One filter for all
 * of it: each filter more is three calls that stand on the stack of every request, and are copied
 * with it whenever the request waits.
 *
 * <p>So many requests are at work at once, and the others are turned away. The server has such a
 * bound of its own, but answers beyond it before anybody knows the route, over HTTP/2 in plain
 * text.
 */
final class Arrival implements Filter {
    private final ReadWatch reads;
    private final Supplier<String> ids;
    private final List<Routes.First> first;
    private final Semaphore places;

    /**
     * @param reads watches over bodies
     * @param ids makes the id of each request; thread-safe
     * @param first asked in this order
     * @param requestsMax requests at work at once
     */
    Arrival(ReadWatch reads, Supplier<String> ids, List<Routes.First> first, int requestsMax) {
        this.reads = reads;
        this.ids = ids;
        this.first = List.copyOf(first);
        this.places = new Semaphore(requestsMax);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        switch (SeenPeer.of(request)) {
            case ClientConnection connection -> {
                connection.serves(request, response);
                try {
                    arrived(chain, request, response);
                } finally {
                    connection.served(request);
                }
            }
            case Http2Frames frames -> {
                var body = Http2Body.watched(reads, frames, request);
                try {
                    arrived(chain, request, response);
                } finally {
                    body.readOn();
                }
            }
            case null -> arrived(chain, request, response);
        }
    }

    private void arrived(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        RequestId.give(ids.get(), request, response);
        for (int i = 0; i < first.size(); i++) {
            first.get(i).see(request, response); // These see what has no place, too.
            if (response.isSent()) {
                return;
            }
        }
        BodyCoding.require(request, response);
        if (!places.tryAcquire()) {
            throw Problem.of(ErrorCode.OVERLOADED, "Too many requests at once").asException();
        }
        try {
            chain.proceed();
        } finally {
            places.release();
        }
    }
}
