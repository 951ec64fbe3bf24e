/** What was told to whom: the JSON of billing events and the delivery attempts. */
@NullMarked
package dev.turnpike.schemas.webhook;

import org.jspecify.annotations.NullMarked;
