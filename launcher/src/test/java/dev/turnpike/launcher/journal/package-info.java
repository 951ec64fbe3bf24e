/** Holds the edge's journal and shipper to their promises on a real broker. */
@NullMarked
package dev.turnpike.launcher.journal;

import org.jspecify.annotations.NullMarked;
