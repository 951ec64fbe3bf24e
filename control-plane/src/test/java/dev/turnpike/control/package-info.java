/** Tests of the control plane's settings. */
@NullMarked
package dev.turnpike.control;

import org.jspecify.annotations.NullMarked;
