package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.concurrent.Semaphore;

/**
 * Lets so many requests be at work at once and turns the others away. The server has such a bound
 * of its own, but answers beyond it before anybody knows the route, over HTTP/2 in plain text.
 */
final class RequestPlaces implements Filter {
    private final Semaphore places;

    RequestPlaces(int requestsMax) {
        places = new Semaphore(requestsMax);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
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
