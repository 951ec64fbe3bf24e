/**
 * All settings one process reads, whichever of the commands it runs, so that one file serves them
 * all and its schema is printed from what is read. The settings of a service are read by the
 * service; nothing is started here.
 */
@NullMarked
package dev.turnpike.launcher.settings;

import org.jspecify.annotations.NullMarked;
