/**
 * The program {@code turnpike}: the main class, and below it the command line ({@code cli}), the
 * settings of a whole process ({@code settings}), the composition of services ({@code up}), the
 * embedded broker ({@code broker}) and the demo ({@code demo}).
 *
 * <p>What a service does is in its own module; here it is only configured, started and stopped.
 */
@NullMarked
package dev.turnpike.launcher;

import org.jspecify.annotations.NullMarked;
