/**
 * In which order a file is applied, and what is said of refusals; nothing that speaks to a server.
 */
@NullMarked
package dev.turnpike.launcher.manage.apply;

import org.jspecify.annotations.NullMarked;
