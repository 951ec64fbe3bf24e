/**
 * The webhook dispatcher: tells others what the ledger says, signed, again and again until they
 * have it. Here it is configured and wired; {@code domain} decides, {@code topology} keeps, {@code
 * send} talks, {@code ledger} looks back. Nothing else says {@code new} for a part of it.
 */
@NullMarked
package dev.turnpike.webhook;

import org.jspecify.annotations.NullMarked;
