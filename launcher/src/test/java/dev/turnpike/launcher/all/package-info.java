/**
 * The program as a whole: the main class as a child process, and everything in one process under
 * the clients that customers use. Only such tests live here, and what they share.
 */
@NullMarked
package dev.turnpike.launcher.all;

import org.jspecify.annotations.NullMarked;
