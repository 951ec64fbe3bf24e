/** The edge alone on a real broker, tested on its wire. */
@NullMarked
package dev.turnpike.launcher.edge;

import org.jspecify.annotations.NullMarked;
