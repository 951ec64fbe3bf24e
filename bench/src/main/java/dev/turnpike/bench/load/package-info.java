/**
 * The load generator: a process of its own that sends what it is told and says what it saw. Raw
 * sockets and prepared bytes only; it knows nothing of the gateway, so that every server is asked
 * in the same way. No product code may enter but {@code runtime.http.Json}.
 */
@NullMarked
package dev.turnpike.bench.load;

import org.jspecify.annotations.NullMarked;
