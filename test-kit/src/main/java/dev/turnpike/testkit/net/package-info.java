/**
 * Sockets for tests: free ports, a client that can send anything, a proxy that spoils connections.
 * Everything is on loopback. No server that speaks a protocol of the product may enter here.
 */
@NullMarked
package dev.turnpike.testkit.net;

import org.jspecify.annotations.NullMarked;
