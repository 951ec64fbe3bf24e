/**
 * The composition: what a process consists of, in which order it starts, when it is ready, and how
 * it stops. {@code AllInOne} runs everything on an embedded broker, {@code SingleService} one
 * service on a cluster.
 *
 * <p>The command line and what it prints must not enter; tests start the same classes in-process.
 */
@NullMarked
package dev.turnpike.launcher.up;

import org.jspecify.annotations.NullMarked;
