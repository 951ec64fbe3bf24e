/**
 * The installation's master key, the keys derived from it, and the envelope that encrypts stored
 * credentials. Plain text leaves this package only as the return value of opening an envelope.
 */
@NullMarked
package dev.turnpike.runtime.secret;

import org.jspecify.annotations.NullMarked;
