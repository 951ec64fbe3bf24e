/** Tests of {@code control.prices}. */
@NullMarked
package dev.turnpike.control.prices;

import org.jspecify.annotations.NullMarked;
