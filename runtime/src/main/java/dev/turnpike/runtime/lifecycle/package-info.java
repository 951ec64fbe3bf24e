/**
 * How parts start, stop, drain and fail, how threads are named and take turns, and where new ids
 * come from.
 *
 * <p>What a part does does not enter: this package only knows that it can be started and closed.
 */
@NullMarked
package dev.turnpike.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
