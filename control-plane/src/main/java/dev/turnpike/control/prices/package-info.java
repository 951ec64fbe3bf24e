/**
 * The price file: read once at start, every mistake reported together, turned into one command.
 * What changes is the domain's business.
 */
@NullMarked
package dev.turnpike.control.prices;

import org.jspecify.annotations.NullMarked;
