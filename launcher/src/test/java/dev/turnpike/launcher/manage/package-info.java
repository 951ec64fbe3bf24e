/** How commands are named and answers are printed; nothing that speaks to a server. */
@NullMarked
package dev.turnpike.launcher.manage;

import org.jspecify.annotations.NullMarked;
