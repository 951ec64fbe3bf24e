/**
 * A client of the management API that knows nothing by heart: what can be asked is read from the
 * API's own description, so a route that is described is a command. Speaks HTTP and JSON only; no
 * command line lives here, and nothing of the control plane but its description enters.
 */
@NullMarked
package dev.turnpike.launcher.manage;

import org.jspecify.annotations.NullMarked;
