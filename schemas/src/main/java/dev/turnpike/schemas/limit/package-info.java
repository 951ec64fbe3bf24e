/** Limits, their windows and their counters, shared by who writes, enforces and adds them up. */
@NullMarked
package dev.turnpike.schemas.limit;

import org.jspecify.annotations.NullMarked;
