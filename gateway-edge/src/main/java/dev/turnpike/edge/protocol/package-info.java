/**
 * What clients can ask for, and how it is put to each kind of target. A {@link
 * dev.turnpike.edge.protocol.Protocol} reads the body of a route; the {@link
 * dev.turnpike.edge.protocol.Asked} it gives says what the gateway must know (model, size, stream)
 * and makes a {@link dev.turnpike.edge.protocol.TargetForm} for a target: path, headers and body on
 * the way out, and the readers of the answer on the way back (whole or stream), with usage and
 * errors in the client's own dialect.
 *
 * <p>A new route is a new {@code Protocol}; a new provider's wire is a new {@code TargetForm}.
 * Neither adds a stage to the pipeline. Everything here is pure, like {@code wire} on which it
 * stands: no socket, no clock, no limits, no money. The one body it does not hold is that of an
 * {@link dev.turnpike.edge.upload.Upload}.
 */
@NullMarked
package dev.turnpike.edge.protocol;

import org.jspecify.annotations.NullMarked;
