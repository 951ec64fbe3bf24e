/**
 * Certificates for tests: an authority made on the spot and what it issues, good and bad. No
 * sockets.
 */
@NullMarked
package dev.turnpike.testkit.tls;

import org.jspecify.annotations.NullMarked;
