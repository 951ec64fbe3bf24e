/**
 * Every way a request can fail, as a closed list, and the one exception that carries such a
 * failure. No HTTP server type enters here: turning a problem into a response is the business of
 * the http package.
 */
@NullMarked
package dev.turnpike.runtime.problem;

import org.jspecify.annotations.NullMarked;
