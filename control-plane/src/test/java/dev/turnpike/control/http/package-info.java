/** Tests of {@code control.http}. */
@NullMarked
package dev.turnpike.control.http;

import org.jspecify.annotations.NullMarked;
