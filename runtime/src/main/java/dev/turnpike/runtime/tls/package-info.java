/**
 * TLS of our own listeners: certificates with their keys, and the choice among them by the name a
 * client asks for; and whom we trust when we connect to others.
 *
 * <p>Where certificates come from (files, the control log) is decided elsewhere; connections to
 * upstreams are not here.
 */
@NullMarked
package dev.turnpike.runtime.tls;

import org.jspecify.annotations.NullMarked;
