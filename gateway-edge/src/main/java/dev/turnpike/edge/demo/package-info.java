/**
 * The {@code DEMO} provider: a scripted model inside the process that needs no key and no network.
 * It answers in the wire format of a real upstream, so everything behind it is the real path.
 */
@NullMarked
package dev.turnpike.edge.demo;

import org.jspecify.annotations.NullMarked;
