/**
 * The bytes that clients and upstreams exchange: scanning and patching request bodies, reading
 * event streams, relaying them, reading usage, writing errors. Everything here is pure: bytes in,
 * bytes or values out; no socket, no clock of its own, no settings, no knowledge of tenants or
 * limits.
 */
@NullMarked
package dev.turnpike.edge.wire;

import org.jspecify.annotations.NullMarked;
