/**
 * A receiver of webhooks under a test's control, with its own record of what arrived. Nothing of
 * the dispatcher may enter; signatures are checked by the tests with an independent library.
 */
@NullMarked
package dev.turnpike.testkit.webhook;

import org.jspecify.annotations.NullMarked;
