/** Tests of {@code control.deliveries}. */
@NullMarked
package dev.turnpike.control.deliveries;

import org.jspecify.annotations.NullMarked;
