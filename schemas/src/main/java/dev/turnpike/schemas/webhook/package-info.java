/** What was told to whom: delivery attempts. */
@NullMarked
package dev.turnpike.schemas.webhook;

import org.jspecify.annotations.NullMarked;
