/**
 * What became of webhook deliveries, followed from the dispatcher's record of attempts into a local
 * copy that can be deleted at any time; and what follows from it for webhooks: a receiver that
 * answered 410 is disabled. Who may see it, and how it looks as JSON, does not enter here.
 */
@NullMarked
package dev.turnpike.control.deliveries;

import org.jspecify.annotations.NullMarked;
