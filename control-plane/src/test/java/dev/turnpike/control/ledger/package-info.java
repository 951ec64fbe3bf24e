/** Tests of {@code control.ledger}. */
@NullMarked
package dev.turnpike.control.ledger;

import org.jspecify.annotations.NullMarked;
