/**
 * Time and waiting for tests. The packages below hold the doubles: each is a small real server or
 * process, written by hand, that keeps its own account of what happened.
 *
 * <p>Only what tests of more than one module need may enter. Nothing here may depend on a service,
 * and nothing here ships to users.
 */
@NullMarked
package dev.turnpike.testkit;

import org.jspecify.annotations.NullMarked;
