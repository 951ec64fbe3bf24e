/**
 * The way out of the edge: a blocking HTTP/1.1 client for virtual threads with a keep-alive pool.
 * It knows bytes, sockets, deadlines and faults; it must not know models, JSON, tenants or money.
 * Whatever an upstream sends is treated as hostile until parsed here.
 */
@NullMarked
package dev.turnpike.edge.upstream;

import org.jspecify.annotations.NullMarked;
