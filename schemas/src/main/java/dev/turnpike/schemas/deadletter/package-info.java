/** Records that could not be read, kept with the reason. */
@NullMarked
package dev.turnpike.schemas.deadletter;

import org.jspecify.annotations.NullMarked;
