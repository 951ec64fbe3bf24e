/**
 * The rules of management: commands, the image of all resources, what a command decides and what a
 * fact changes. Everything here is pure: no I/O, no clock, no randomness, no logging; ids, times
 * and hashes come in with the command.
 */
@NullMarked
package dev.turnpike.control.domain;

import org.jspecify.annotations.NullMarked;
