/**
 * A small HTTP/1.1 server on raw sockets that can misbehave exactly as told: what both the scripted
 * upstream and the webhook sink are made of. What the bytes mean must not enter here.
 */
@NullMarked
package dev.turnpike.testkit.http;

import org.jspecify.annotations.NullMarked;
