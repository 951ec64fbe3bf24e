/** Tests of {@code control.log}. */
@NullMarked
package dev.turnpike.control.log;

import org.jspecify.annotations.NullMarked;
