/** Real processes, killed: what was served, what the ledger holds and what was delivered agree. */
@NullMarked
package dev.turnpike.launcher.faults;

import org.jspecify.annotations.NullMarked;
