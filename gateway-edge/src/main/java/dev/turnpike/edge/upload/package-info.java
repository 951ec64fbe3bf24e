/**
 * Bodies with files on their way from a client to a target: read part by part, looked at before
 * anything of them goes on, kept in memory only as far as must be. What comes too late to be known
 * is kept on disk, within bounds, under no name.
 *
 * <p>It knows bodies, fields and files of its own; it must not know sockets, limits or money.
 */
@NullMarked
package dev.turnpike.edge.upload;

import org.jspecify.annotations.NullMarked;
