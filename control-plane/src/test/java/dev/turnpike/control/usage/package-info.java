/** Tests of {@code control.usage}. */
@NullMarked
package dev.turnpike.control.usage;

import org.jspecify.annotations.NullMarked;
