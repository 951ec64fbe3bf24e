/** Holds what servers answer to the OpenAPI files that they serve. */
@NullMarked
package dev.turnpike.launcher.contract;

import org.jspecify.annotations.NullMarked;
