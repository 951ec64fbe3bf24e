/** Amounts with their unit in the type: money and prices. Arithmetic here is exact or fails. */
@NullMarked
package dev.turnpike.schemas.unit;

import org.jspecify.annotations.NullMarked;
