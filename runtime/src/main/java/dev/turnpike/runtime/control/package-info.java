/**
 * The read side of the control log: what exists (endpoints, groups, keys, prices, webhooks), as a
 * local copy that every service follows. Read only; the writer is the control plane.
 */
@NullMarked
package dev.turnpike.runtime.control;

import org.jspecify.annotations.NullMarked;
