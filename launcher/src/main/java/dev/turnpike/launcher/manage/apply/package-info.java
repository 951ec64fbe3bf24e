/**
 * Brings an installation to what a file declares: finds out what differs, as commands, and has them
 * happen as one change. What differs is decided by the server, in a dry run, so nothing here knows
 * the rules or the defaults of a resource.
 */
@NullMarked
package dev.turnpike.launcher.manage.apply;

import org.jspecify.annotations.NullMarked;
