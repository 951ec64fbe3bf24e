/**
 * API keys as text and as hashes: shape, checksum, generation and constant-work comparison.
 *
 * <p>Who a key belongs to and what it may do is decided elsewhere; nothing here stores a key.
 */
@NullMarked
package dev.turnpike.runtime.key;

import org.jspecify.annotations.NullMarked;
