/** What exists: the resources an operator manages and the facts by which they came to be. */
@NullMarked
package dev.turnpike.schemas.control;

import org.jspecify.annotations.NullMarked;
