/**
 * What tokens cost: the price that is valid for a request, and the amount by it. Shared by who
 * enforces COST limits and who writes the ledger, so that both come to the same sum.
 *
 * <p>Pure: no I/O, no clock. Prices come in, amounts go out.
 */
@NullMarked
package dev.turnpike.schemas.price;

import org.jspecify.annotations.NullMarked;
