/**
 * A model provider under a test's control, with its own ledger of what it served: the oracle of
 * every fault test. Nothing of the gateway may enter, or the oracle would share its mistakes.
 */
@NullMarked
package dev.turnpike.testkit.upstream;

import org.jspecify.annotations.NullMarked;
