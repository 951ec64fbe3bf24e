/**
 * Identities that appear in events. Every type here is a validated, immutable wrapper, so a method
 * that receives one never checks it again. Text from the network goes through {@code parse}.
 */
@NullMarked
package dev.turnpike.schemas.id;

import org.jspecify.annotations.NullMarked;
