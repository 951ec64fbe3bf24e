/**
 * The management API on the wire: authentication, roles, fields and their bounds, lists and
 * cursors, replies, forwarding to the owner. What a change may do is decided in the domain; nothing
 * here keeps state.
 */
@NullMarked
package dev.turnpike.control.http;

import org.jspecify.annotations.NullMarked;
