/** The one table of topics: name, partitions, cleanup, retention and the one writer of each. */
@NullMarked
package dev.turnpike.schemas.topic;

import org.jspecify.annotations.NullMarked;
