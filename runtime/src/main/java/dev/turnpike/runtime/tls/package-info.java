/**
 * TLS of our own listeners: certificates with their keys, and the choice among them by the name a
 * client asks for.
 *
 * <p>Where certificates come from (files, the control log) is decided elsewhere; TLS towards
 * upstreams is not here.
 */
@NullMarked
package dev.turnpike.runtime.tls;

import org.jspecify.annotations.NullMarked;
