/**
 * The guard on connections that leave this installation: which addresses may be dialled and which
 * URLs may be stored. Everything that opens a socket to a name somebody typed (upstream calls,
 * webhooks) asks here at the moment it connects. Only address and URL rules live here; no HTTP, no
 * sockets, no settings.
 */
@NullMarked
package dev.turnpike.runtime.outbound;

import org.jspecify.annotations.NullMarked;
