/**
 * Records in Confluent wire format: the schemas compiled into this module, the binding of Java
 * records to them, and the five-byte envelope. No network: a registry client lives outside and
 * implements {@link dev.turnpike.schemas.avro.SchemaIds}.
 */
@NullMarked
package dev.turnpike.schemas.avro;

import org.jspecify.annotations.NullMarked;
