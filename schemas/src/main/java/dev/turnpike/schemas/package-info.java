/**
 * What is written to the log and nothing else: identities, units, events, their Avro schemas and
 * the table of topics. Every other module depends on this one; it depends on none of them, does no
 * I/O and reads no clock.
 */
@NullMarked
package dev.turnpike.schemas;

import org.jspecify.annotations.NullMarked;
