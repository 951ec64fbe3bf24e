/**
 * The only place that talks to receivers: one signed POST per attempt over a connection of its own,
 * to an address that was checked when connecting, within a deadline and bounds on what is read.
 *
 * <p>What is sent when, and what follows from an answer, is decided elsewhere and does not enter.
 */
@NullMarked
package dev.turnpike.webhook.send;

import org.jspecify.annotations.NullMarked;
