/** Tests of the rules, without I/O. */
@NullMarked
package dev.turnpike.control.domain;

import org.jspecify.annotations.NullMarked;
