/** What happened to each request, what it cost, and what the running totals are. */
@NullMarked
package dev.turnpike.schemas.usage;

import org.jspecify.annotations.NullMarked;
